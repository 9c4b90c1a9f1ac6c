/* Keeps Flower's Tasks and our Broker page fresh while somebody looks at them. */
(function () {
    "use strict";

    var EVERY_MS = 5000; // with 20,000 tasks a reading takes a tenth of a second of Flower's time, for each viewer
    var refresh = document.getElementById("tasks-table") ? tasks() : queues();
    var badge = document.createElement("div"), dot = document.createElement("span"), text = document.createElement("span");

    badge.className = "refresh-status";
    dot.className = "status-dot";
    dot.setAttribute("aria-hidden", "true");
    badge.append(dot, text);
    document.querySelector(".page-header").append(badge);

    function told(succeeded) {
        dot.className = "status-dot " + (succeeded ? "status-dot-live" : "status-dot-error");
        text.textContent = succeeded ? "Updated " + new Date().toLocaleTimeString() : "Flower does not answer";
    }

    function tasks() {
        var table = window.jQuery("#tasks-table");
        window.jQuery.fn.dataTable.ext.errMode = "none"; // or it opens a dialogue each time Flower is away
        table.find("th[data-column=args]").text("URL"); // what our messages carry and our tasks return
        table.find("th[data-column=result]").text("Outcome");
        table.on("xhr.dt", function (_event, _settings, json) { told(json !== null && json !== undefined); });
        return function () { table.DataTable().ajax.reload(null, false); };
    }

    function queues() {
        return function () {
            fetch(location.href, {credentials: "same-origin", cache: "no-store"}).then(function (answer) {
                if (!answer.ok) { throw new Error("status " + answer.status); }
                return answer.text();
            }).then(function (html) {
                var fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-kept-fresh]");
                document.querySelector("[data-kept-fresh]").replaceWith(document.adoptNode(fresh));
                told(true);
            }).catch(function () { told(false); });
        };
    }

    function reading() { // somebody marks text to copy it, which a refresh would take away
        return String(document.getSelection()) !== "";
    }

    told(true);
    setInterval(function () {
        if (!document.hidden && !reading()) { refresh(); }
    }, EVERY_MS);
    document.addEventListener("visibilitychange", function () {
        if (!document.hidden) { refresh(); }
    });
}());
