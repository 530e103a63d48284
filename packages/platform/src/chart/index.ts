export { type FunnelStage, funnelChart } from "./funnel-chart.js";
export {
  type AxisMark,
  type HistogramBar,
  type HistogramChartOptions,
  histogramChart,
} from "./histogram-chart.js";
export { type Colour, type LineChartOptions, lineChart, type Reference, type Series } from "./line-chart.js";
export { linearScale, logScale, type Scale, ticks } from "./scale.js";
export { CHART_STYLE, hatch } from "./style.js";
