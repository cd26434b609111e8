// The parts of ECharts that static/page/chart.js uses, and nothing else. Bundled by tools/vendor_assets.py.
export { use, init, registerTheme } from "echarts/core";
export { LineChart, BarChart, ScatterChart, CustomChart } from "echarts/charts";
export {
  GridComponent, TooltipComponent, AriaComponent, MarkLineComponent, MarkAreaComponent,
} from "echarts/components";
export { LabelLayout } from "echarts/features";
export { SVGRenderer } from "echarts/renderers";
