import type { Judgement, SurveyInfo } from "../../engine/data/survey.js";
import type { Table } from "../../table.js";

export function fatesTable({ ids }: SurveyInfo, { fates }: Judgement): Table {
  return {
    caption: "Every document, and where it leaves",
    head: ["document", "dropped by", "reason", "what is measured", "value", "limit"],
    rows: ids.map((id, at) => {
      const fate = fates[at];
      if (!fate) return [id, "kept", "", "", "", ""];
      return [id, fate.step, fate.reason, fate.metric, fate.value, fate.threshold];
    }),
  };
}
