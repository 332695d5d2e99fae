"use strict";
(function () {
  var form = document.getElementById("filter");
  var count = document.getElementById("filter-count");
  var missing = document.getElementById("detail-missing");
  var files = document.body.dataset.files;
  var clauses = list(document, "details.clause");
  var facts = new Map();
  var words = null;
  var parts = {};
  var printing = false;
  var written = "";

  function list(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }
  function fold(text) { return text.normalize("NFKC").toLowerCase(); }

  clauses.forEach(function (clause) {
    facts.set(clause, {
      name: fold(clause.id.replace("clause-", "") + " " + clause.querySelector("h4").textContent),
      part: clause.closest("[data-part]").dataset.part,
      units: clause.dataset.units.split(" "),
      findings: clause.dataset.findings.split(" ").map(function (code) {
        var pair = code.split(".");
        return { outcome: pair[0], unit: pair[1] };
      }),
      hits: null
    });
  });

  /* Details lie in script files, which a page on a disk may load where it may not fetch. */
  window.auditorPart = function (name, value) { parts[name].value = value; };

  function load(name, then) {
    var part = parts[name];
    if (part && part.done) { then(part.value); return; }
    if (part) { part.waiting.push(then); return; }
    part = parts[name] = { value: null, done: false, waiting: [then] };
    var script = document.createElement("script");
    function finish() {
      part.done = true;
      if (part.value === null && missing) { missing.hidden = false; }
      part.waiting.forEach(function (one) { one(part.value); });
    }
    script.onload = finish;
    script.onerror = finish;
    script.src = files + name + ".js";
    document.head.appendChild(script);
  }

  function fill(clause, then) {
    var box = clause.querySelector("[data-detail]");
    if (!box) { then(); return; }
    box.setAttribute("aria-busy", "true");
    load(box.dataset.detail, function (value) {
      box.removeAttribute("aria-busy");
      if (value && box.dataset.detail) {
        box.innerHTML = value[clause.id];
        delete box.dataset.detail;
        if (facts.has(clause)) { showHits(clause); }
      }
      then();
    });
  }

  /* The filter: its state is the form's, and stands in the address so that it can be passed on. */
  function readForm() {
    var data = new FormData(form);
    return {
      outcome: data.getAll("outcome"), "class": data.getAll("class"), unit: data.get("unit") || "",
      part: data.get("part") || "", clause: data.get("clause") || "", text: data.get("text") || ""
    };
  }

  function isChecked(name) { return list(form, "input[name=" + name + "]").every(function (box) { return box.checked; }); }

  function writeState() {
    var query = new URLSearchParams();
    var state = readForm();
    ["outcome", "class"].forEach(function (name) {
      if (!isChecked(name)) { query.set(name, state[name].join(",")); }
    });
    ["unit", "part", "clause", "text"].forEach(function (name) {
      var field = form.elements[name];
      if (!field || !field.value) { return; }
      query.set(name, name === "unit" ? field.options[field.selectedIndex].text : field.value);
    });
    return "#filter?" + query.toString();
  }

  function readState(hash) {
    var query = new URLSearchParams(hash.slice(hash.indexOf("?") + 1));
    form.reset();
    ["outcome", "class"].forEach(function (name) {
      if (!query.has(name)) { return; }
      var wanted = query.get(name).split(",");
      list(form, "input[name=" + name + "]").forEach(function (box) { box.checked = wanted.indexOf(box.value) >= 0; });
    });
    ["part", "clause", "text"].forEach(function (name) { if (query.has(name)) { form.elements[name].value = query.get(name); } });
    if (query.has("unit") && form.elements.unit) {
      Array.prototype.forEach.call(form.elements.unit.options, function (option) {
        if (option.text === query.get("unit")) { option.selected = true; }
      });
    }
  }

  function findText(clause, wanted) {
    var own = words ? words[clause.id] : null;
    if (!own) {
      var text = fold(clause.textContent);
      return function () { return wanted.every(function (word) { return text.indexOf(word) >= 0; }); };
    }
    return function (place) {
      var joined = fold(own[0] + " " + (own[place + 1] || ""));
      return wanted.every(function (word) { return joined.indexOf(word) >= 0; });
    };
  }

  function judge(clause, state, wanted) {
    var fact = facts.get(clause);
    var fits = state["class"].indexOf(clause.dataset["class"]) >= 0 && (!state.part || state.part === fact.part) &&
      fact.name.indexOf(fold(state.clause.trim())) >= 0;
    var hasText = wanted.length ? findText(clause, wanted) : function () { return true; };
    return fact.findings.map(function (finding, place) {
      return fits && state.outcome.indexOf(finding.outcome) >= 0 &&
        (!state.unit || (finding.unit ? finding.unit === state.unit : fact.units.indexOf(state.unit) >= 0)) && hasText(place);
    });
  }

  function showHits(clause) {
    var hits = facts.get(clause).hits;
    list(clause, "[data-n]").forEach(function (row) { row.hidden = !hits[Number(row.dataset.n)]; });
  }

  function applyFilter() {
    var state = readForm();
    var wanted = fold(state.text).trim().split(/\s+/).filter(Boolean);
    if (wanted.length && files && !words) {
      load("search", function (value) { words = value || {}; applyFilter(); });
      return;
    }
    var shown = 0, findings = 0;
    clauses.forEach(function (clause) {
      var hits = facts.get(clause).hits = judge(clause, state, wanted);
      var number = hits.filter(Boolean).length;
      clause.hidden = number === 0;
      shown += number ? 1 : 0;
      findings += number;
      showHits(clause);
    });
    list(document, "tr[data-of]").forEach(function (row) { row.hidden = document.getElementById(row.dataset.of).hidden; });
    list(document, "table.bare").forEach(function (table) { table.hidden = !table.querySelector("tbody tr:not([hidden])"); });
    list(document, "section.chapter").forEach(function (chapter) {
      chapter.hidden = !chapter.querySelector("details.clause:not([hidden])");
    });
    count.textContent = form.dataset.count.replace("{shown}", shown).replace("{total}", clauses.length).replace("{findings}", findings);
  }

  function changeFilter() {
    applyFilter();
    written = writeState();
    location.replace(written);
  }

  function openTarget() {
    if (location.hash === written && written) { return; }
    if (location.hash.indexOf("#filter?") === 0) {
      written = "";
      readState(location.hash);
      applyFilter();
      document.getElementById("findings").scrollIntoView();
      return;
    }
    var name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch (error) { return; }
    var clause = name && document.getElementById(name.split("--")[0]);
    if (!clause) { return; }
    if (clause.closest("[hidden]")) {
      form.reset();
      applyFilter();
    }
    if (clause.matches("details.clause, details.leaves")) { fill(clause, show); } else { show(); }
    function show() {
      var target = document.getElementById(name) || clause;
      for (var node = target; node; node = node.parentElement) {
        if (node.tagName === "DETAILS") { node.open = true; }
      }
      target.scrollIntoView();
    }
  }

  form.hidden = false;
  form.addEventListener("input", changeFilter);
  form.addEventListener("reset", function () { setTimeout(changeFilter); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("click", function (event) {
    var wish = event.target.dataset.open;
    if (!wish) { return; }
    clauses.forEach(function (clause) { if (!clause.hidden) { clause.open = wish === "yes"; } });
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-filter]");
    if (!link) { return; }
    event.preventDefault();
    location.hash = "#filter?" + link.dataset.filter;
  });
  list(document, "details.clause, details.leaves").forEach(function (clause) {
    clause.addEventListener("toggle", function () { if (clause.open && !printing) { fill(clause, function () {}); } });
  });
  applyFilter();

  window.addEventListener("hashchange", openTarget);
  openTarget();

  var closed = [];
  window.addEventListener("beforeprint", function () {
    printing = true;
    closed = list(document, "details:not([open])");
    closed.forEach(function (item) { item.open = true; });
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (item) { item.open = false; });
    closed = [];
    printing = false;
  });
})();
