"""Times single evaluations of any commit: ``python -m tests.campaigns.single_evaluation DESIGN N``.

It imports nothing but `tfgeom`, so that it also runs with the path of another checkout in ``PYTHONPATH``.
"""

import sys
import time

from tfgeom import evaluate, load_design


def main() -> None:
    design, count = load_design(sys.argv[1]), int(sys.argv[2])
    evaluate(design)
    start = time.process_time()
    for _ in range(count):
        evaluate(design)
    sys.stdout.write(f"{(time.process_time() - start) / count * 1e3:.2f} ms\n")


if __name__ == "__main__":
    main()
