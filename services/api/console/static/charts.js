// Charts: the server's curves drawn by uPlot, in the page's colours, in the viewer's zone; without it the server's SVG stands.
"use strict";
const Charts = (() => {
  const HEIGHT = 220;
  const drawn = new Map(); // figure id -> { plot, figure, drawnData, theme }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function table(curves) {
    return uPlot.join(curves.map((curve) => [curve.times, curve.values]));
  }

  function said(curve) {
    const digits = curve.unit === "%" ? 0 : 2;
    return (plot, value) => (value == null ? "–" : `${value.toFixed(digits)} ${curve.unit}`);
  }

  function serie(curve) {
    const stroke = colour(`--${curve.tone}`);
    const bars = curve.shape === "bars";
    return {
      label: curve.label, scale: curve.unit, stroke, width: bars ? 0 : 2, spanGaps: true, points: { show: false },
      fill: bars ? stroke : curve.shape === "area" ? `${stroke}22` : undefined,
      paths: bars ? uPlot.paths.bars({ size: [0.7, 40], align: 1, radius: 0.15 }) : undefined,
      value: said(curve),
    };
  }

  function axis(curve, at) {
    return {
      scale: curve.unit, side: at === 0 ? 3 : 1, size: 62, stroke: colour("--muted"), font: "12px system-ui, sans-serif",
      grid: { show: at === 0, stroke: colour("--line"), width: 1 }, ticks: { show: false }, space: 40,
      values: (plot, marks) => marks.map((mark) => `${+mark.toFixed(3)} ${curve.unit}`),
    };
  }

  function range(curve) {
    if (curve.unit === "%") return [0, 100];
    return (plot, least, most) => [0, Math.max(most || 0, 0.1) * 1.08];
  }

  // a bar stands for the hour that begins at its time
  function span(curves) {
    return (plot, least, most) => [least, curves.some((curve) => curve.shape === "bars") ? most + 3600 : most];
  }

  function options(figure, curves) {
    const units = curves.filter((curve, at) => curves.findIndex((other) => other.unit === curve.unit) === at);
    const narrow = figure.clientWidth < 520;
    const shown = narrow ? units.slice(0, 1) : units.slice(0, 3);
    return {
      width: figure.clientWidth, height: HEIGHT, padding: [10, 24, 0, 0],
      cursor: { y: false, points: { size: 7 } }, legend: { live: true },
      scales: { x: { time: true, range: span(curves) }, ...Object.fromEntries(units.map((curve) => [curve.unit, { range: range(curve) }])) },
      axes: [
        { stroke: colour("--muted"), font: "12px system-ui, sans-serif", grid: { show: false }, ticks: { show: false }, size: 30,
          values: (plot, marks, axis, space, step) => marks.map((mark) => tick(mark, step)) },
        ...shown.map(axis),
      ],
      series: [{ value: (plot, at) => (at == null ? "–" : new Date(at * 1000).toLocaleString()) }, ...curves.map(serie)],
    };
  }

  function tick(at, step) {
    const moment = new Date(at * 1000);
    const midnight = moment.getHours() === 0 && moment.getMinutes() === 0;
    return midnight
      ? moment.toLocaleDateString(undefined, { month: "short", day: "numeric" })
      : moment.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: step < 60 ? "2-digit" : undefined, hourCycle: "h23" });
  }

  function draw(figure) {
    const known = drawn.get(figure.id);
    const text = figure.dataset.chart;
    const shape = JSON.parse(text).map((curve) => curve.label).join();
    if (known && known.figure === figure && known.shape === shape && figure.contains(known.plot.root)) {
      if (known.text !== text) known.plot.setData(table(JSON.parse(text)));
      known.text = text;
      return;
    }
    known?.plot.destroy();
    const curves = JSON.parse(text);
    const place = figure.querySelector(".plot");
    place.replaceChildren();
    const plot = new uPlot(options(figure, curves), table(curves), place);
    plot.root.querySelector(".u-legend").classList.toggle("single", curves.length === 1);
    drawn.set(figure.id, { figure, shape, text, plot });
  }

  function all(root) {
    root.querySelectorAll("figure[data-chart]").forEach(draw);
  }

  function again() {
    drawn.forEach((known) => known.plot.destroy());
    drawn.clear();
    all(document);
  }

  function fit() {
    drawn.forEach(({ plot, figure }) => {
      if (figure.isConnected && figure.clientWidth !== plot.width) plot.setSize({ width: figure.clientWidth, height: HEIGHT });
    });
  }

  addEventListener("resize", fit);
  return { all, again };
})();
