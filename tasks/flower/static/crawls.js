/* The Crawls tab: asks for the ledger's numbers every two seconds while somebody looks, and writes them as text alone. */
(function () {
    "use strict";

    var EVERY_MS = 2000, PATIENCE_MS = 10000;
    var STATES = [ // name, words, and what it counts as in the bar
        ["stored", "stored", "good"], ["unchanged", "unchanged", "good"], ["duplicate", "duplicate", "good"],
        ["rejected", "rejected", "rejected"], ["failed", "failed", "bad"], ["dead", "dead", "bad"],
        ["cancelled", "cancelled", "cancelled"], ["in_flight", "in flight", "in_flight"], ["pending", "waiting", ""]
    ];
    var BARS = ["good", "rejected", "cancelled", "bad", "in_flight"];
    var STANDINGS = {running: "text-bg-success", paused: "text-bg-warning", cancelled: "text-bg-secondary",
                     done: "text-bg-secondary", idle: "text-bg-secondary"};
    var page = document.getElementById("crawls"), body = byId("jobs"), number = new Intl.NumberFormat("en");
    var rows = new Map(), total = null, answeredAt = null, asking = false, trouble = "";

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

    // ---------------------------------------------------------------- a row

    function cell(row, className, label) {
        var td = make("td", className, row);
        td.setAttribute("role", "cell");
        if (label) { td.dataset.label = label; }
        return td;
    }

    function newRow(name) {
        var tr = make("tr", name === null ? "crawls-total" : ""), of = {tr: tr, name: name, bars: {}, counts: {}};
        tr.setAttribute("role", "row");
        if (name !== null) { tr.dataset.job = name; }
        var job = cell(tr, "crawls-job");
        write(make("bdi", "crawls-job-name", job), name === null ? "All jobs" : name);
        of.standing = make("span", "", job);
        var done = cell(tr, "crawls-done");
        of.bar = make("div", "progress crawls-bar", done);
        of.bar.setAttribute("role", "progressbar");
        of.bar.setAttribute("aria-label", name === null ? "All jobs" : name);
        of.bar.setAttribute("aria-valuemin", "0");
        BARS.forEach(function (kind) {
            of.bars[kind] = make("div", "progress-bar bar-" + kind + (kind === "in_flight" ?
                " progress-bar-striped progress-bar-animated" : ""), of.bar);
        });
        of.share = make("span", "crawls-small", done);
        var outcomes = cell(tr, "crawls-outcomes"), list = make("div", "crawls-counts", outcomes);
        STATES.forEach(function (state) {
            var span = make("span", "crawls-count crawls-count-" + (state[2] || "pending"), list);
            of.counts[state[0]] = {span: span, n: make("b", "", span)};
            of.counts[state[0]].n.dataset.count = state[0];
            span.append(" " + state[1]);
        });
        of.causes = make("span", "crawls-small", outcomes);
        var pictures = cell(tr, "", "Images");
        of.images = make("span", "", pictures);
        of.imagesRest = make("span", "crawls-small crawls-inline", pictures);
        var speed = cell(tr, "");
        of.rate = make("span", "", speed);
        of.ahead = make("span", "crawls-small", speed);
        var last = cell(tr, "", "Last run");
        of.runWhat = make("span", "", last);
        of.runWhen = make("span", "crawls-small crawls-inline", last);
        of.runNote = make("span", "crawls-small", last);
        return of;
    }

    function blank() { // a cell that says nothing is no line of a phone's card
        var texts = Array.from(arguments);
        texts[0].parentNode.classList.toggle("crawls-blank", texts.every(function (span) { return !span.textContent; }));
    }

    function drawBar(row, of, done) {
        var shares = {};
        STATES.forEach(function (state) {
            shares[state[2]] = (shares[state[2]] || 0) + sum(of[state[0]]);
        });
        BARS.forEach(function (kind) {
            var width = of.accepted ? 100 * shares[kind] / of.accepted : 0;
            row.bars[kind].style.width = width.toFixed(3) + "%";
        });
        row.bar.setAttribute("aria-valuemax", of.accepted);
        row.bar.setAttribute("aria-valuenow", done);
        row.bar.setAttribute("aria-valuetext", number.format(done) + " of " + number.format(of.accepted) + " done, " +
            number.format(shares.good) + " of them articles, " + number.format(shares.bad) + " failed");
    }

    function draw(row, of, now) {
        var done = of.accepted - of.pending - of.in_flight, picture = images(of), speed = pace(of), run = runOf(of, now);
        var percent = of.accepted ? Math.floor(100 * done / of.accepted) : 0;
        drawBar(row, of, done);
        write(row.share, of.accepted ? number.format(done) + " of " + number.format(of.accepted) + " · " + percent + " %" : "nothing yet");
        STATES.forEach(function (state) {
            var n = sum(of[state[0]]), kept = row.counts[state[0]];
            write(kept.n, number.format(n));
            show(kept.span, n > 0);
        });
        write(row.causes, words([causes(of), counted(of.known, "known before")]));
        write(row.images, picture.stored);
        write(row.imagesRest, picture.rest);
        write(row.rate, speed.rate);
        write(row.ahead, speed.ahead);
        write(row.runWhat, run.what);
        write(row.runWhen, run.when);
        write(row.runNote, run.note);
        blank(row.images, row.imagesRest);
        blank(row.rate, row.ahead);
        blank(row.runWhat, row.runWhen, row.runNote);
        row.runWhat.classList.toggle("crawls-bad", /^(failed|dead|rejected)/.test(run.what));
        if (row.name !== null) {
            write(row.standing, standing(of));
            row.standing.className = "badge crawls-standing " + STANDINGS[standing(of)];
        }
    }

    // ---------------------------------------------------------------- the page

    function drawTotal(all) {
        var stored = [counted(all.unchanged, "unchanged"), counted(all.duplicate, "duplicate")];
        write(byId("pending"), number.format(all.pending));
        write(byId("pending-note"), all.oldest_due_s !== null && all.oldest_due_s >= 1 ? "oldest due for " + duration(all.oldest_due_s) :
            nextDue(all));
        write(byId("in_flight"), number.format(all.in_flight));
        write(byId("in_flight-note"), words([pace(all).rate, all.eta_s ? pace(all).ahead : ""]));
        write(byId("stored"), number.format(all.stored));
        write(byId("stored-note"), words(stored));
        write(byId("failed"), number.format(sum(all.failed) + all.dead));
        write(byId("failed-note"), words([counted(sum(all.rejected), "rejected"), counted(all.dead, "dead"),
                                          counted(all.cancelled, "cancelled")]));
        write(byId("summary"), words([plural(all.accepted, "URL") + " accepted", plural(all.order.length + all.left_out, "job"),
                                      plural(all.workers, "worker process", "worker processes")]));
        var idle = !all.workers && all.pending + all.in_flight > 0;
        show(byId("hint"), idle);
        write(byId("hint"), idle ? "No worker is running: start newsmill worker, or newsmill up for all of it." : "");
    }

    function drawAll(all) {
        drawTotal(all);
        if (!total) {
            total = newRow(null);
            body.prepend(total.tr);
        }
        show(total.tr, all.order.length > 1);
        draw(total, all, all.at);
        var names = new Set(all.order);
        rows.forEach(function (row, name) {
            if (!names.has(name)) {
                row.tr.remove();
                rows.delete(name);
            }
        });
        var before = total.tr;
        all.order.forEach(function (name) {
            if (!rows.has(name)) { rows.set(name, newRow(name)); }
            var row = rows.get(name);
            draw(row, all.jobs[name], all.at);
            if (before.nextSibling !== row.tr) { before.after(row.tr); }
            before = row.tr;
        });
        show(byId("empty"), !all.order.length);
        show(body.parentNode, all.order.length > 0);
        show(byId("more"), all.left_out > 0);
        write(byId("more"), all.left_out ? "and " + plural(all.left_out, "job") + " that were active before these; `newsmill status` lists all" : "");
    }

    function told() {
        var age = answeredAt === null ? null : (Date.now() - answeredAt) / 1000;
        byId("dot").className = "status-dot " + (trouble ? "status-dot-error" : answeredAt ? "status-dot-live" : "");
        if (!trouble && answeredAt) { write(byId("fresh"), "Updated " + new Date(answeredAt).toLocaleTimeString()); }
        if (trouble) { write(byId("fresh"), "Not up to date"); }
        show(byId("trouble"), Boolean(trouble));
        write(byId("trouble-text"), trouble);
        write(byId("trouble-age"), trouble && age !== null ? "The numbers are " + duration(age) + " old." : "");
    }

    function answered(response) {
        if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
            throw new Error("Flower asks who you are: load the page again.");
        }
        return response.json().catch(function () {
            throw new Error("Flower gave no numbers (status " + response.status + ").");
        }).then(function (found) {
            if (found.trouble) { throw new Error("The ledger does not answer: " + found.trouble + "."); }
            if (!response.ok) { throw new Error("Flower gave no numbers (status " + response.status + ")."); }
            return found;
        });
    }

    function ask() {
        if (asking || document.hidden) { return; }
        var limit = new AbortController(), timer = setTimeout(function () { limit.abort(); }, PATIENCE_MS);
        asking = true;
        fetch(page.dataset.url, {credentials: "same-origin", cache: "no-store", redirect: "manual", signal: limit.signal})
            .catch(function () { throw new Error("Flower does not answer."); })
            .then(answered)
            .then(function (all) {
                drawAll(all);
                answeredAt = Date.now();
                trouble = "";
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
}());
