package io.moondial.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A status for people: a line a thing, its name first. */
final class StatusTable {
    private static final double MIB = 1024.0 * 1024;

    private final PrintWriter out;

    StatusTable(PrintWriter out) {
        this.out = out;
    }

    void print(JsonNode status) {
        line(
                "engine",
                "moondial %s, process %s, up %s"
                        .formatted(
                                text(status, "version"),
                                text(status, "pid"),
                                time(status.path("uptime_ms").asLong())));
        line("rules", text(status, "rules"));
        line("network", text(status, "network"));
        status.path("links").forEach(this::link);
        dialogs(status.path("dialogs"));
        status.path("scripts").forEach(this::script);
        status.path("edr").forEach(this::stream);
        line(
                "heap",
                "%.1f MiB of %.1f MiB in use"
                        .formatted(
                                status.path("heap").path("used").asLong() / MIB,
                                status.path("heap").path("max").asLong() / MIB));
        reload(status.path("reload"));
        status.path("reconciliation").forEach(it -> line("counts", text(it, "text")));
        status.path("counters")
                .properties()
                .forEach(it -> line("counter", it.getKey() + " " + it.getValue().asString()));
        // last, so that it is what a terminal shows
        JsonNode attention = status.path("attention");
        if (attention.isEmpty()) {
            line("attention", "none needed");
        }
        attention.forEach(it -> line("attention", text(it, "text") + since(it)));
    }

    private static String since(JsonNode node) {
        return node.has("since") ? ", since " + text(node, "since") : "";
    }

    private void reload(JsonNode reload) {
        if (reload.has("last_done")) {
            line("reload", "done last at " + text(reload, "last_done"));
        }
        reload.path("waiting")
                .forEach(it -> line("reload", it.asString() + " waits for a restart"));
    }

    private void link(JsonNode link) {
        line(
                "link",
                "%s %s, %s %s %s, ASP %s"
                        .formatted(
                                text(link, "application_server"),
                                text(link, "application_server_state"),
                                text(link, "association"),
                                text(link, "address"),
                                text(link, "association_state"),
                                text(link, "asp_state")));
    }

    private void dialogs(JsonNode dialogs) {
        line(
                "dialogs",
                "%s open of %s, %s in the stack, %s begun"
                        .formatted(
                                text(dialogs, "open"),
                                text(dialogs, "max"),
                                text(dialogs, "stack"),
                                text(dialogs, "begun")));
        line("finished", counts(dialogs.path("finished")));
        line("refused", counts(dialogs.path("refused")));
    }

    private static String counts(JsonNode counts) {
        List<String> each = new ArrayList<>();
        counts.properties().forEach(it -> each.add(it.getKey() + " " + it.getValue().asString()));
        return each.isEmpty() ? "none" : String.join(", ", each);
    }

    private void script(JsonNode script) {
        line(
                "script",
                "%s %s, version %s, %s"
                        .formatted(
                                text(script, "service"),
                                text(script, "key"),
                                text(script, "version"),
                                text(script, "state").replace('_', ' ')));
    }

    private void stream(JsonNode stream) {
        StringBuilder line =
                new StringBuilder(
                        "%s: %s of %s wait, %s written, %s dropped, %s lost, %s failed writes"
                                .formatted(
                                        text(stream, "stream"),
                                        text(stream, "backlog"),
                                        text(stream, "limit"),
                                        text(stream, "written"),
                                        text(stream, "dropped"),
                                        text(stream, "lost"),
                                        text(stream, "failures")));
        JsonNode failing = stream.path("failing");
        if (!failing.isMissingNode()) {
            line.append("; the disk refuses since ")
                    .append(text(failing, "since"))
                    .append(": ")
                    .append(text(failing, "why"));
        }
        line("edr", line.toString());
    }

    private void line(String name, String text) {
        out.printf("%-10s %s%n", name, text);
    }

    private static String text(JsonNode node, String key) {
        return node.path(key).asString("?");
    }

    private static String time(long millis) {
        Duration up = Duration.ofMillis(millis);
        return "%d d %02d:%02d:%02d"
                .formatted(up.toDays(), up.toHoursPart(), up.toMinutesPart(), up.toSecondsPart());
    }
}
