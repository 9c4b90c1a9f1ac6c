/* The page of one job: its numbers, what went wrong where, what is tried again when, and what ended last. */
(function () {
    "use strict";

    var n = window.newsmill, page = document.getElementById("crawls");
    var name = new URLSearchParams(location.search).get("name") || "", shown = "recent", latest = null;
    var bar = n.newBar(n.byId("bar"), name), counts = n.newCounts(n.byId("counts"));
    var OUTCOMES = {stored: "good", unchanged: "good", duplicate: "good", failed: "bad", dead: "bad"};
    var DEAD = "its process died three times", CANCELLED = "by an operator";

    function plain(word) { return word.replaceAll("_", " "); }

    function cells(row, labels) {
        row.tr = n.make("tr", "");
        row.tr.setAttribute("role", "row");
        row.cells = labels.map(function (label) { return n.cell(row.tr, label === "URLs" ? "text-end" : "", label); });
        return row;
    }

    // ---------------------------------------------------------------- what went wrong

    function causesOf(of) { // [cause, outcome, URLs], the most first
        var found = [];
        ["rejected", "failed"].forEach(function (state) {
            Object.entries(of[state]).forEach(function (pair) { found.push([pair[0], state, pair[1]]); });
        });
        if (of.dead) { found.push(["dead", DEAD, of.dead]); }
        if (of.cancelled) { found.push(["cancelled", CANCELLED, of.cancelled]); }
        return found.sort(function (a, b) { return b[2] - a[2]; });
    }

    var drawCauses = n.list(n.byId("causes"), function (key) {
        var row = cells({}, ["", "Outcome", "URLs"]);
        row.tr.dataset.cause = key;
        return row;
    }, function (row, cause) {
        n.write(row.cells[0], plain(cause[0]));
        n.write(row.cells[1], cause[1]);
        n.write(row.cells[2], n.number.format(cause[2]));
    });

    var drawHosts = n.list(n.byId("hosts"), function (key, heap) {
        var row = cells({}, ["", "Cause", "URLs"]);
        row.tr.dataset.host = heap.host;
        n.write(n.make("bdi", "", row.cells[0]), heap.host);
        return row;
    }, function (row, heap) {
        n.write(row.cells[1], plain(heap.cause));
        n.write(row.cells[2], n.number.format(heap.urls));
    });

    function drawWrong(of) {
        var causes = causesOf(of), ended = n.sum(of.rejected) + n.sum(of.failed) + of.dead;
        n.show(n.byId("wrong"), causes.length > 0);
        drawCauses(causes.map(function (cause) { return [cause[0], cause]; }));
        drawHosts(of.hosts.map(function (heap) { return [heap.cause + " " + heap.host, heap]; }));
        n.show(n.byId("hosts-more"), of.hosts_more > 0 || of.hosts_of < ended);
        n.write(n.byId("hosts-more"), n.words([of.hosts_more ? "and " + n.plural(of.hosts_more, "URL") + " of other hosts and causes" : "",
            of.hosts_of < ended ? "of " + n.number.format(of.hosts_of) + " URLs that were looked at" : ""]));
    }

    // ---------------------------------------------------------------- URLs

    function address(cell, one) {
        var text = n.make("bdi", one.title ? "crawls-small crawls-url" : "crawls-url");
        if (one.title) { n.write(n.make("bdi", "crawls-job-name", cell), one.title); }
        n.write(text, one.url);
        cell.append(text);
    }

    function why(one) {
        var status = one.status && one.status !== 200 ? "HTTP " + one.status : "";
        return n.words([(one.detail || "").includes(status) ? "" : status, one.detail]);
    }

    function newUrl(key, one) {
        var row = cells({}, ["", "", ""]);
        row.tr.dataset.url = one.url_id;
        address(row.cells[0], one);
        row.what = n.make("span", "", row.cells[1]);
        row.detail = n.make("span", "crawls-small", row.cells[1]);
        return row;
    }

    var drawAgain = n.list(n.byId("again"), newUrl, function (row, one, now) {
        n.write(row.what, plain(one.cause));
        n.write(row.detail, one.detail || "");
        n.write(row.cells[2], one.next_at - now < 1 ? "now" : "in " + n.duration(one.next_at - now));
    });

    var drawRecent = n.list(n.byId("recent"), newUrl, function (row, one, now) {
        n.write(row.what, plain(one.state) + (one.cause ? ": " + plain(one.cause) : ""));
        row.what.className = "crawls-outcome crawls-outcome-" + (OUTCOMES[one.state] || "neutral");
        n.write(row.detail, why(one));
        n.write(row.cells[2], n.duration(now - one.finished_at) + " ago");
    });

    function keyed(urls) { // another outcome is another row: its title may have come or gone
        return urls.map(function (one) { return [one.url_id + " " + (one.finished_at || ""), one]; });
    }

    function drawUrls(of) {
        var waiting = n.sum(of.waiting);
        n.show(n.byId("again-card"), of.again.length > 0);
        drawAgain(keyed(of.again), of.at);
        n.show(n.byId("again-more"), waiting > of.again.length);
        n.write(n.byId("again-more"), waiting > of.again.length ? "and " + n.plural(waiting - of.again.length, "URL") + " after these" : "");
        drawRecent(keyed(of[shown]), of.at);
        n.show(n.byId("recent").parentNode, of[shown].length > 0);
        n.show(n.byId("recent-empty"), !of[shown].length);
    }

    function choose(which) {
        shown = which;
        ["recent", "unstored"].forEach(function (one) {
            n.byId("show-" + one).setAttribute("aria-pressed", String(one === which));
            n.byId("show-" + one).classList.toggle("active", one === which);
        });
        if (latest) { drawUrls(latest); }
    }

    // ---------------------------------------------------------------- the page

    function drawNumbers(of) {
        var picture = n.images(of), speed = n.pace(of), run = n.runOf(of, of.at);
        n.badge(n.byId("standing"), of, "");
        n.write(n.byId("run"), n.words([run.what ? "Last run: " + run.what : "", run.when, run.note]));
        n.drawBar(bar, of);
        n.drawCounts(counts, of);
        n.write(n.byId("known"), of.known ? n.plural(of.known, "URL") + " of it had been known before" : "");
        n.write(n.byId("pending"), n.number.format(of.pending));
        n.write(n.byId("pending-note"), n.words([n.oldest(of), n.nextDue(of)]));
        n.write(n.byId("pace"), n.number.format(of.per_minute));
        n.write(n.byId("pace-note"), n.words([n.counted(of.in_flight, "in flight"), of.eta_s ? speed.ahead : ""]));
        n.write(n.byId("images"), n.number.format(of.images.stored));
        n.write(n.byId("images-note"), n.words([picture.stored, picture.rest, n.counted(n.sum(of.images.skipped), "not wanted")]));
        n.write(n.byId("unstored"), n.number.format(n.sum(of.rejected) + n.sum(of.failed) + of.dead));
        n.write(n.byId("unstored-note"), n.words([n.counted(n.sum(of.rejected), "rejected"), n.counted(n.sum(of.failed), "failed"),
                                                  n.counted(of.dead, "dead")]));
        n.hint(of);
    }

    function draw(of) {
        latest = of;
        drawNumbers(of);
        drawWrong(of);
        drawUrls(of);
    }

    choose(shown);
    ["recent", "unstored"].forEach(function (one) {
        n.byId("show-" + one).addEventListener("click", function () { choose(one); });
    });
    n.follow(page.dataset.url + "?name=" + encodeURIComponent(name), draw, n.progress);
}());
