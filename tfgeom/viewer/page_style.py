"""How the live page looks: panel beside the cells, on narrow windows below them, and they stay in sight."""

STYLE = """
html { overflow: hidden; }
.page { display: grid; grid-template: minmax(0, 1fr) / 340px minmax(0, 1fr); width: 100%; height: 100vh;
  background: #fff; }
.panel { overflow-y: auto; padding: 8px 12px; border-right: 1px solid #dcdcdc; grid-row: 1; min-width: 0; }
.stage { display: grid; grid-row: 1; grid-column: 2; min-width: 0;
  grid-template: minmax(0, 1fr) minmax(0, max-content) / minmax(0, 1fr); }
.top { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
.bars { display: flex; gap: 16px; padding: 6px 16px 2px; font-size: 12.5px; }
.bar { flex: 1 1 0; min-width: 0; overflow-wrap: anywhere; }
.ramp { display: block; height: 12px; border: 1px solid #0003; margin: 2px 0; }
.ticks { display: flex; justify-content: space-between; gap: 4px; font-variant-numeric: tabular-nums; }
.bar-note { color: #595959; }
.views { display: flex; gap: 8px; flex: 1 1 0; min-height: 0; }
.view { flex: 1 1 0; min-width: 0; height: 100%; position: relative; overflow: hidden; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 355px), 1fr)); gap: 8px;
  overflow-y: auto; max-height: 52vh; }
.numbers > div { min-width: 0; }
.row { display: flex; align-items: center; gap: 8px; font-size: 13px; min-height: 26px; }
.row .what { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.row input, .row select { border: 1px solid #8c8c8c; border-radius: 3px; padding: 1px 6px; width: 110px; }
.row select { width: auto; min-width: 110px; max-width: 190px; }
.row input[type=checkbox] { width: auto; }
.row .count { width: 60px; }
.buttons { display: flex; flex-wrap: wrap; gap: 6px; padding: 4px 12px; }
.chip { width: 14px; height: 14px; border: 1px solid #595959; display: inline-block; flex: none; }
.wrong { color: #b00020; font-weight: 600; }
.part { font-size: 13px; font-weight: 600; margin: 12px 0 2px; }
.sizes-of { font-size: 13px; margin-top: 6px; overflow-wrap: anywhere; color: #595959; }
.headline { border-collapse: collapse; font-size: 13px; }
.headline th, .headline td { padding: 1px 12px 1px 0; text-align: right; font-weight: 400; }
.headline th:first-child { text-align: left; }
.headline thead th { color: #595959; white-space: nowrap; }
.left-out { font-size: 13px; }
.left-out summary { color: #595959; cursor: pointer; }
.left-out ul { padding-left: 1.4em; }
.message { white-space: pre-wrap; overflow-wrap: anywhere; }
.messages { position: fixed; bottom: 12px; right: 16px; width: min(45%, 410px); z-index: 2000; }
.messages .v-alert { color: #1a1a1a !important; font-size: 13.5px; }
.v-btn { text-transform: none; letter-spacing: 0; }
.name { font-weight: 600; overflow-wrap: anywhere; }
@media (max-width: 760px) {
  html { overflow: hidden auto; scroll-padding-top: 56vh; }
  .page { display: flex; flex-direction: column; height: auto; }
  .stage { display: contents; }
  .top { order: 0; position: sticky; top: 0; z-index: 10; height: 54vh; height: 54dvh; background: #fff;
    border-bottom: 1px solid #dcdcdc; }
  .bars { flex-direction: column; gap: 2px; padding: 4px 8px 0; }
  .panel { order: 1; border: 0; }
  .numbers { order: 2; max-height: none; overflow: visible; }
  .messages { left: 8px; right: 8px; width: auto; max-height: 40vh; overflow-y: auto; }
  .page:has(~ .messages > *) .numbers { padding-bottom: 25vh; }
}
"""
"""Rules of the page."""
