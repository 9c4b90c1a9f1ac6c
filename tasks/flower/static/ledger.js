/* What the pages of the Crawls tab share: words for numbers, bars, and asking for the ledger's numbers while somebody looks. */
window.newsmill = (function () {
    "use strict";

    var EVERY_MS = 2000, PATIENCE_MS = 10000, SAID_EVERY_MS = 30000;
    var STATES = [ // name, words, and what it counts as in the bar
        ["stored", "stored", "good"], ["unchanged", "unchanged", "good"], ["duplicate", "duplicate", "good"],
        ["rejected", "rejected", "rejected"], ["failed", "failed", "bad"], ["dead", "dead", "bad"],
        ["cancelled", "cancelled", "cancelled"], ["in_flight", "in flight", "in_flight"], ["pending", "waiting", ""]
    ];
    var BARS = ["good", "rejected", "cancelled", "bad", "in_flight"];
    var STANDINGS = {running: "text-bg-success", paused: "text-bg-warning", cancelled: "text-bg-secondary",
                     done: "text-bg-secondary", idle: "text-bg-secondary"};
    var number = new Intl.NumberFormat("en");

    // ---------------------------------------------------------------- elements

    function byId(name) { return document.getElementById("crawls-" + name); }

    function write(element, text) {
        if (element.textContent !== text) { element.textContent = text; }
    }

    function show(element, shown) {
        if (element.hidden === shown) { element.hidden = !shown; }
    }

    function make(tag, className, parent) {
        var element = document.createElement(tag);
        if (className) { element.className = className; }
        if (parent) { parent.append(element); }
        return element;
    }

    // ---------------------------------------------------------------- words

    function sum(counts) {
        return typeof counts === "number" ? counts : Object.values(counts).reduce(function (all, n) { return all + n; }, 0);
    }

    function duration(seconds) {
        if (seconds < 59.5) { return Math.max(0, Math.round(seconds)) + " s"; }
        if (seconds < 3570) { return Math.round(seconds / 60) + " min"; }
        if (seconds < 86400) { return Math.floor(seconds / 3600) + " h " + Math.floor(seconds % 3600 / 60) + " min"; }
        return Math.floor(seconds / 86400) + " d " + Math.floor(seconds % 86400 / 3600) + " h";
    }

    function words(parts) { return parts.filter(Boolean).join(" · "); }

    function counted(n, word) { return n ? number.format(n) + " " + word : ""; }

    function plural(n, word, many) { return number.format(n) + " " + (n === 1 ? word : many || word + "s"); }

    function causes(of) {
        return words(["rejected", "failed"].map(function (state) {
            var found = Object.entries(of[state]).sort(function (a, b) { return b[1] - a[1]; });
            return found.length ? state + ": " + found.map(function (pair) {
                return pair[0].replaceAll("_", " ") + " " + number.format(pair[1]);
            }).join(", ") : "";
        }));
    }

    function images(of) {
        var failed = sum(of.images.failed), wanted = of.images.stored + of.images.pending + failed;
        return {
            stored: wanted ? number.format(of.images.stored) + " of " + number.format(wanted) : "",
            rest: words([counted(of.images.pending, "waiting"), counted(failed, "failed")])
        };
    }

    function nextDue(of) {
        return of.next_due_s === null ? "" : of.next_due_s < 1 ? "next due now" : "next due in " + duration(of.next_due_s);
    }

    function oldest(of) {
        return of.oldest_due_s !== null && of.oldest_due_s >= 1 ? "oldest due for " + duration(of.oldest_due_s) : "";
    }

    function pace(of) {
        var ahead = of.standing === "paused" ? "" :
            of.eta_s ? "about " + duration(of.eta_s) + " to go" :
            nextDue(of);
        return {rate: of.per_minute ? number.format(Math.round(of.per_minute * 10) / 10) + " a minute" : "", ahead: ahead};
    }

    function standing(of) {
        if (of.standing !== "running") { return of.standing; }
        return of.pending + of.in_flight ? "running" : of.last_run || of.next_run ? "idle" : "done";
    }

    function runOf(of, now) {
        var run = of.last_run, next = !of.next_run ? "" :
            of.next_run - now < 1 ? "next run now" : "next run in " + duration(of.next_run - now);
        if (!run) { return {what: "", when: next, note: ""}; }
        if (run.finished_at === null) { return {what: "under way", when: "for " + duration(now - run.opened_at), note: run.note || ""}; }
        return {
            what: words([(run.outcome || "").replaceAll("_", " ").replace(":", ": "),
                         run.found === null ? "" : plural(run.found, "link"), run.new === null ? "" : number.format(run.new) + " new"]),
            when: words([duration(now - run.finished_at) + " ago", next]),
            note: run.note || ""
        };
    }

    function progress(of) { // one sentence, for who listens
        var bad = sum(of.failed) + of.dead, done = of.accepted - of.pending - of.in_flight;
        return number.format(done) + " of " + plural(of.accepted, "URL") + " done, " + number.format(bad) + " failed";
    }

    function badge(element, of, className) { // how a job stands
        var stands = standing(of);
        write(element, stands);
        element.className = "badge " + className + " " + STANDINGS[stands];
    }

    // ---------------------------------------------------------------- bars and counts

    function newBar(parent, label) {
        var bar = {element: make("div", "progress crawls-bar", parent), parts: {}, share: null};
        bar.element.setAttribute("role", "progressbar");
        bar.element.setAttribute("aria-label", label);
        bar.element.setAttribute("aria-valuemin", "0");
        BARS.forEach(function (kind) {
            bar.parts[kind] = make("div", "progress-bar bar-" + kind + (kind === "in_flight" ?
                " progress-bar-striped progress-bar-animated" : ""), bar.element);
        });
        bar.share = make("span", "crawls-small", parent);
        return bar;
    }

    function drawBar(bar, of) {
        var shares = {}, done = of.accepted - of.pending - of.in_flight;
        STATES.forEach(function (state) {
            shares[state[2]] = (shares[state[2]] || 0) + sum(of[state[0]]);
        });
        BARS.forEach(function (kind) {
            var width = of.accepted ? 100 * shares[kind] / of.accepted : 0;
            bar.parts[kind].style.width = width.toFixed(3) + "%";
        });
        bar.element.setAttribute("aria-valuemax", of.accepted);
        bar.element.setAttribute("aria-valuenow", done);
        bar.element.setAttribute("aria-valuetext", number.format(done) + " of " + number.format(of.accepted) + " done, " +
            number.format(shares.good) + " of them articles, " + number.format(shares.bad) + " failed");
        write(bar.share, of.accepted ? number.format(done) + " of " + number.format(of.accepted) + " · " +
            Math.floor(100 * done / of.accepted) + " %" : "nothing yet");
    }

    function newCounts(list) {
        var counts = {};
        STATES.forEach(function (state) {
            var span = make("span", "crawls-count crawls-count-" + (state[2] || "pending"), list);
            counts[state[0]] = {span: span, n: make("b", "", span)};
            counts[state[0]].n.dataset.count = state[0];
            span.append(" " + state[1]);
        });
        return counts;
    }

    function drawCounts(counts, of) {
        STATES.forEach(function (state) {
            var n = sum(of[state[0]]), kept = counts[state[0]];
            write(kept.n, number.format(n));
            show(kept.span, n > 0);
        });
    }

    function hint(of) { // what keeps the whole ledger from going on
        var idle = !of.workers && of.pending + of.in_flight > 0;
        show(byId("hint"), idle);
        write(byId("hint"), idle ? "No worker is running: start newsmill worker, or newsmill up for all of it." : "");
    }

    // ---------------------------------------------------------------- lists

    function list(body, newRow, draw) { // keep the rows of *body* as the items say, [key, value] each; what stays the same keeps its place and focus
        var rows = new Map();
        return function (items, now) {
            var keys = new Set(items.map(function (item) { return item[0]; })), before = null;
            rows.forEach(function (row, key) {
                if (!keys.has(key)) {
                    row.tr.remove();
                    rows.delete(key);
                }
            });
            items.forEach(function (item) {
                if (!rows.has(item[0])) { rows.set(item[0], newRow(item[0], item[1])); }
                var row = rows.get(item[0]), next = before ? before.nextSibling : body.firstChild;
                draw(row, item[1], now);
                if (next !== row.tr && !(row.tr.parentNode && row.tr.contains(document.activeElement))) { // which would lose the focus
                    body.insertBefore(row.tr, next);
                }
                before = row.tr;
            });
        };
    }

    function cell(row, className, label) {
        var td = make("td", className, row);
        td.setAttribute("role", "cell");
        if (label) { td.dataset.label = label; }
        return td;
    }

    // ---------------------------------------------------------------- asking

    function follow(url, draw, summary) { // ask for the numbers at *url* for ever, and draw them; who listens hears *summary* now and then
        var answeredAt = null, saidAt = 0, asking = false, trouble = "";

        function told() {
            var age = answeredAt === null ? null : (Date.now() - answeredAt) / 1000;
            byId("dot").className = "status-dot " + (trouble ? "status-dot-error" : answeredAt ? "status-dot-live" : "");
            if (!trouble && answeredAt) { write(byId("fresh"), "Updated " + new Date(answeredAt).toLocaleTimeString()); }
            if (trouble) { write(byId("fresh"), "Not up to date"); }
            show(byId("trouble"), Boolean(trouble));
            write(byId("trouble-text"), trouble);
            write(byId("trouble-age"), trouble && age !== null ? "The numbers are " + duration(age) + " old." : "");
        }

        function say(text) { // spoken by screen readers: often enough to be of use, seldom enough to be borne
            if (Date.now() - saidAt < SAID_EVERY_MS) { return; }
            saidAt = Date.now();
            write(byId("said"), text);
        }

        function answered(response) {
            if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
                throw new Error("Flower asks who you are: load the page again.");
            }
            return response.json().catch(function () {
                throw new Error("Flower gave no numbers (status " + response.status + ").");
            }).then(function (found) {
                if (found.trouble) { throw new Error((response.status === 404 ? "" : "The ledger does not answer: ") + found.trouble + "."); }
                if (!response.ok) { throw new Error("Flower gave no numbers (status " + response.status + ")."); }
                return found;
            });
        }

        function ask() {
            if (asking || document.hidden) { return; }
            var limit = new AbortController(), timer = setTimeout(function () { limit.abort(); }, PATIENCE_MS);
            asking = true;
            fetch(url, {credentials: "same-origin", cache: "no-store", redirect: "manual", signal: limit.signal})
                .catch(function () { throw new Error("Flower does not answer."); })
                .then(answered)
                .then(function (all) {
                    draw(all);
                    answeredAt = Date.now();
                    trouble = "";
                    say(summary(all));
                })
                .catch(function (error) { trouble = error.message; })
                .then(function () {
                    clearTimeout(timer);
                    asking = false;
                    told();
                });
        }

        setInterval(ask, EVERY_MS);
        document.addEventListener("visibilitychange", ask);
        ask();
        return ask;
    }

    return {
        badge: badge, byId: byId, causes: causes, cell: cell, counted: counted, drawBar: drawBar, drawCounts: drawCounts,
        duration: duration, follow: follow, hint: hint, images: images, list: list, make: make, newBar: newBar, newCounts: newCounts,
        nextDue: nextDue, number: number, oldest: oldest, pace: pace, plural: plural, progress: progress, runOf: runOf, show: show,
        sum: sum, words: words, write: write
    };
}());
