// Draws what the server prepared: every [data-chart] names an element that holds an ECharts option as JSON.
(() => {
  const drawn = new Map();
  const dark = () => document.documentElement.getAttribute("data-bs-theme") === "dark";

  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();

  const themed = (option) => {
    const text = { color: dark() ? "#a3abb8" : "#5b6676" };
    const line = { lineStyle: { color: dark() ? "#33404f" : "#e6e8eb" } };
    const axis = (each) => ({
      ...each,
      axisLabel: { ...text, ...each.axisLabel },
      axisLine: each.type === "category" ? line : each.axisLine,
      splitArea: { show: false },
      splitLine: each.splitLine && each.splitLine.show === false ? each.splitLine : line,
    });
    const axes = (given) => (Array.isArray(given) ? given.map(axis) : given ? axis(given) : given);
    const own = {
      ...option,
      backgroundColor: "transparent",
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      textStyle: { fontFamily: colour("font-family") || getComputedStyle(document.body).fontFamily },
      xAxis: axes(option.xAxis),
      yAxis: axes(option.yAxis),
      // Drawn on the canvas: a tooltip made of HTML would need inline styles, which the page forbids.
      tooltip: { ...option.tooltip, renderMode: "richText" },
    };
    if (option.legend) own.legend = { ...option.legend, textStyle: text };
    if (option.visualMap) own.visualMap = { ...option.visualMap, textStyle: text };
    return own;
  };

  const draw = (element) => {
    const data = document.getElementById(element.dataset.chart);
    if (!data || typeof echarts === "undefined") return;
    drawn.get(element)?.dispose();
    const chart = echarts.init(element, null, { renderer: "canvas" });
    chart.setOption(themed(JSON.parse(data.textContent)));
    drawn.set(element, chart);
  };

  const drawAll = () => {
    for (const [element, chart] of drawn) {
      if (document.contains(element)) continue;
      chart.dispose();
      drawn.delete(element);
    }
    document.querySelectorAll("[data-chart]").forEach((element) => {
      if (!drawn.has(element)) draw(element);
    });
  };

  const watcher = () => drawn.forEach((chart) => chart.resize());

  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("htmx:afterSettle", drawAll);
  document.addEventListener("qunyu:theme", () => [...drawn.keys()].forEach(draw));
  addEventListener("resize", watcher);
})();
