"use strict";
(function () {
  var form = document.getElementById("filter");
  var count = document.getElementById("filter-count");
  var clauses = Array.prototype.slice.call(document.querySelectorAll("details.clause"));
  var texts = clauses.map(function (clause) { return clause.textContent.toLowerCase(); });

  function applyFilter() {
    var wanted = Array.prototype.map.call(form.querySelectorAll("input[name=outcome]:checked"), function (box) { return box.value; });
    var words = form.elements.text.value.toLowerCase().trim().split(/\s+/).filter(Boolean);
    var shown = 0;
    clauses.forEach(function (clause, index) {
      var outcomes = clause.dataset.outcomes.split(" ");
      var fits = outcomes.some(function (outcome) { return wanted.indexOf(outcome) >= 0; }) &&
        words.every(function (word) { return texts[index].indexOf(word) >= 0; });
      clause.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    document.querySelectorAll("tr[data-of]").forEach(function (row) {
      row.hidden = document.getElementById(row.dataset.of).hidden;
    });
    document.querySelectorAll("table.bare").forEach(function (table) {
      table.hidden = !table.querySelector("tbody tr:not([hidden])");
    });
    document.querySelectorAll("section.chapter").forEach(function (chapter) {
      chapter.hidden = !chapter.querySelector("details.clause:not([hidden])");
    });
    count.textContent = form.dataset.count.replace("{shown}", shown).replace("{total}", clauses.length);
  }

  function openTarget() {
    var name = decodeURIComponent(location.hash.slice(1));
    var target = name && document.getElementById(name);
    if (!target) { return; }
    if (target.closest("[hidden]")) {
      form.reset();
      applyFilter();
    }
    for (var node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") { node.open = true; }
    }
    target.scrollIntoView();
  }

  form.hidden = false;
  form.addEventListener("input", applyFilter);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("click", function (event) {
    var wish = event.target.dataset.open;
    if (!wish) { return; }
    clauses.forEach(function (clause) { if (!clause.hidden) { clause.open = wish === "yes"; } });
  });
  applyFilter();

  window.addEventListener("hashchange", openTarget);
  openTarget();

  var closed = [];
  window.addEventListener("beforeprint", function () {
    closed = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    closed.forEach(function (item) { item.open = true; });
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (item) { item.open = false; });
    closed = [];
  });
})();
