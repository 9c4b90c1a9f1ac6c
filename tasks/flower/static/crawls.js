/* The Crawls tab: asks for the ledger's numbers every two seconds while somebody looks, and writes them as text alone. */
(function () {
    "use strict";

    var n = window.newsmill, page = document.getElementById("crawls"), body = n.byId("jobs");

    // ---------------------------------------------------------------- a row

    function title(job, name) {
        if (name === null) {
            n.write(n.make("span", "crawls-job-name", job), "All jobs");
            return;
        }
        var link = n.make("a", "crawls-job-name", job);
        link.href = page.dataset.job + "?name=" + encodeURIComponent(name);
        n.write(n.make("bdi", "", link), name);
    }

    function newRow(name) {
        var tr = n.make("tr", name === null ? "crawls-total" : ""), of = {tr: tr, name: name};
        tr.setAttribute("role", "row");
        if (name !== null) { tr.dataset.job = name; }
        var job = n.cell(tr, "crawls-job");
        title(job, name);
        of.standing = n.make("span", "", job);
        of.bar = n.newBar(n.cell(tr, "crawls-done"), name === null ? "All jobs" : name);
        var outcomes = n.cell(tr, "crawls-outcomes");
        of.counts = n.newCounts(n.make("div", "crawls-counts", outcomes));
        of.causes = n.make("span", "crawls-small", outcomes);
        var pictures = n.cell(tr, "", "Images");
        of.images = n.make("span", "", pictures);
        of.imagesRest = n.make("span", "crawls-small crawls-inline", pictures);
        var speed = n.cell(tr, "");
        of.rate = n.make("span", "", speed);
        of.ahead = n.make("span", "crawls-small", speed);
        of.oldest = n.make("span", "crawls-small", speed);
        var last = n.cell(tr, "", "Last run");
        of.runWhat = n.make("span", "", last);
        of.runWhen = n.make("span", "crawls-small crawls-inline", last);
        of.runNote = n.make("span", "crawls-small", last);
        return of;
    }

    function blank() { // a cell that says nothing is no line of a phone's card
        var texts = Array.from(arguments);
        texts[0].parentNode.classList.toggle("crawls-blank", texts.every(function (span) { return !span.textContent; }));
    }

    function draw(row, of, now) {
        var picture = n.images(of), speed = n.pace(of), run = n.runOf(of, now);
        n.drawBar(row.bar, of);
        n.drawCounts(row.counts, of);
        n.write(row.causes, n.words([n.causes(of), n.counted(of.known, "known before")]));
        n.write(row.images, picture.stored);
        n.write(row.imagesRest, picture.rest);
        n.write(row.rate, speed.rate);
        n.write(row.ahead, speed.ahead);
        n.write(row.oldest, row.name === null ? "" : n.oldest(of));
        n.write(row.runWhat, run.what);
        n.write(row.runWhen, run.when);
        n.write(row.runNote, run.note);
        blank(row.images, row.imagesRest);
        blank(row.rate, row.ahead, row.oldest);
        blank(row.runWhat, row.runWhen, row.runNote);
        row.runWhat.classList.toggle("crawls-bad", /^(failed|dead|rejected)/.test(run.what));
        if (row.name !== null) { n.badge(row.standing, of, "crawls-standing"); }
    }

    var drawRows = n.list(body, newRow, draw);

    // ---------------------------------------------------------------- the page

    function drawTotal(all) {
        var stored = [n.counted(all.unchanged, "unchanged"), n.counted(all.duplicate, "duplicate")];
        n.write(n.byId("pending"), n.number.format(all.pending));
        n.write(n.byId("pending-note"), n.oldest(all) || n.nextDue(all));
        n.write(n.byId("in_flight"), n.number.format(all.in_flight));
        n.write(n.byId("in_flight-note"), n.words([n.pace(all).rate, all.eta_s ? n.pace(all).ahead : ""]));
        n.write(n.byId("stored"), n.number.format(all.stored));
        n.write(n.byId("stored-note"), n.words(stored));
        n.write(n.byId("failed"), n.number.format(n.sum(all.failed) + all.dead));
        n.write(n.byId("failed-note"), n.words([n.counted(n.sum(all.rejected), "rejected"), n.counted(all.dead, "dead"),
                                                n.counted(all.cancelled, "cancelled")]));
        n.write(n.byId("summary"), n.words([n.plural(all.accepted, "URL") + " accepted", n.plural(all.order.length + all.left_out, "job"),
                                            n.plural(all.workers, "worker process", "worker processes")]));
        n.hint(all);
    }

    function drawAll(all) {
        drawTotal(all);
        var jobs = all.order.map(function (name) { return [name, all.jobs[name]]; });
        drawRows(jobs.length > 1 ? [[null, all]].concat(jobs) : jobs, all.at);
        n.show(n.byId("empty"), !all.order.length);
        n.show(body.parentNode, all.order.length > 0);
        n.show(n.byId("more"), all.left_out > 0);
        n.write(n.byId("more"), all.left_out ? "and " + n.plural(all.left_out, "job") +
            " that were active before these; `newsmill status` lists all" : "");
    }

    n.follow(page.dataset.url, drawAll, n.progress);
}());
