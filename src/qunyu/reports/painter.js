// What ECharts needs to draw without a page, and `paint`: one chart's job (JSON) -> its SVG.
(() => {
  // It waits for nothing here, and its animations would keep the program alive.
  globalThis.setTimeout = () => 0;
  globalThis.clearTimeout = () => {};

  const chinese = (value) => {
    const written = (size, word) => `${(+(value / size).toFixed(2)).toLocaleString("en-US")} ${word}`;
    if (Math.abs(value) >= 1e8) return written(1e8, "亿");
    return Math.abs(value) >= 1e5 ? written(1e4, "万") : value.toLocaleString("en-US");
  };

  // A function cannot be sent as JSON: the counts' axes get theirs here, like the figures on the cards.
  const worded = (axis, language) => {
    if (language !== "zh" || axis.type !== "value" || (axis.axisLabel && axis.axisLabel.formatter)) return axis;
    return { ...axis, axisLabel: { ...axis.axisLabel, formatter: chinese } };
  };

  globalThis.paint = (text) => {
    const { option, width, height, language } = JSON.parse(text);
    const yAxis = [].concat(option.yAxis || []).map((axis) => worded(axis, language));
    const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
    chart.setOption({ ...option, yAxis });
    const drawn = chart.renderToSVGString();
    chart.dispose();
    return drawn;
  };
})();
