package io.moondial.cli;

import io.moondial.ConfigurationException;
import io.moondial.admin.StatusResource;
import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.NotRunningException;
import io.moondial.admin.client.AdminClient.RefusedException;
import io.moondial.cli.Ussd.DurationConverter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code ussd status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the state of a running serve: links, dialogs, scripts, EDR streams, heap, counters.",
            "The rules file says where its control socket is. Exits with 1 if something needs attention: a link that is down, a reload that was refused, records that wait or fail; with 3 if no engine answers."
        })
final class StatusCommand implements Callable<Integer> {
    private static final int LOOK_MILLIS = 20;
    private static final String RUNNING = "running";
    private static final String STATUS = "/v1/status";

    @Mixin private RulesOption rules;
    @Mixin private EngineOption engine;

    @Option(names = "--json", description = "One JSON object on one line.")
    private boolean json;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description =
                    "How long to wait for an engine that is starting, until it takes dialogs. Default: not at all.")
    private @Nullable Duration patience;

    @Option(
            names = "--alive",
            description =
                    "Asks only whether the engine takes dialogs, for programs that start it. Prints one line, and exits with 0 then, whatever needs attention; with 3 if it does not within --wait.")
    private boolean alive;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description = "Waits no longer once this process is gone, which is to be the engine.")
    private @Nullable Long pid;

    @Option(
            names = "--watch",
            description =
                    "Shows the state again each second until it is interrupted. Where the output is no terminal, prints what changes, a line a thing, after the time.")
    private boolean watch;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    StatusCommand() {}

    @Override
    public Integer call()
            throws ConfigurationException,
                    NotRunningException,
                    RefusedException,
                    IOException,
                    InterruptedException {
        if (watch && alive) {
            throw new ParameterException(
                    spec.commandLine(), "--watch and --alive exclude each other");
        }
        try (AdminClient client = engine.client(rules)) {
            JsonNode status = awaited(client);
            ZoneId zone = rules.timeZone();
            PrintWriter out = spec.commandLine().getOut();
            if (alive) {
                String phase = phase(status);
                out.printf("process %s is %s%n", status.path("pid").asString("?"), phase);
                out.flush();
                return phase.equals(RUNNING) ? ExitCode.GOOD : ExitCode.NOT_STARTED;
            }
            if (watch) {
                return watched(client, status, new Display(out, json, Terminal.is(), zone));
            }
            if (json) {
                out.println(status);
            } else {
                new StatusTable(out, zone).print(status);
            }
            out.flush();
            return status.path("attention").isEmpty() ? ExitCode.GOOD : ExitCode.FAILED;
        }
    }

    /** The first status of an engine that takes dialogs; at the deadline, of any engine. */
    private JsonNode awaited(AdminClient client)
            throws NotRunningException, RefusedException, InterruptedException {
        long end = System.nanoTime() + (patience == null ? 0 : patience.toNanos());
        while (true) {
            // the socket is there before the engine takes dialogs, and while it stops
            try {
                JsonNode status = client.get(STATUS).answer();
                if (phase(status).equals(RUNNING) || isOver(end)) {
                    return status;
                }
            } catch (NotRunningException e) {
                if (isOver(end)) {
                    throw e;
                }
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private boolean isOver(long end) {
        return System.nanoTime() - end >= 0
                || (pid != null && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    /** An engine that goes may come again: a watch that was good once goes on without it. */
    private static int watched(AdminClient client, JsonNode first, Display display)
            throws RefusedException {
        try {
            display.show(first);
            while (true) {
                TimeUnit.SECONDS.sleep(1);
                try {
                    display.show(client.get(STATUS).answer());
                } catch (NotRunningException e) {
                    display.lost(String.valueOf(e.getMessage()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.GOOD;
        }
    }

    private static String phase(JsonNode status) {
        return status.path("phase").asString("?");
    }

    /** A status that is shown again and again. */
    private static final class Display {
        /** Goes to the upper left corner, and clears from there on. */
        private static final String CLEAR = "\u001b[H\u001b[2J\u001b[3J";

        /** The beginnings of lines that differ each time though nothing has happened. */
        private static final List<String> RESTLESS = restless();

        private final PrintWriter out;
        private final boolean json;
        private final boolean atTerminal;
        private final ZoneId zone;
        private Set<String> shown = Set.of();

        Display(PrintWriter out, boolean json, boolean atTerminal, ZoneId zone) {
            this.zone = zone;
            this.out = out;
            this.json = json;
            this.atTerminal = atTerminal && !json;
        }

        private static List<String> restless() {
            List<String> lines = new ArrayList<>(List.of("engine ", "heap "));
            StatusResource.COUNTS_OF_LOOKING.forEach(
                    it -> lines.add("%-10s %s ".formatted("counter", it)));
            return List.copyOf(lines);
        }

        void show(JsonNode status) {
            if (json) {
                changed(List.of(status.toString()));
                return;
            }
            StringWriter text = new StringWriter();
            new StatusTable(new PrintWriter(text), zone).print(status);
            if (atTerminal) {
                out.print(CLEAR + text);
                out.flush();
            } else {
                changed(text.toString().lines().toList());
            }
        }

        void lost(String why) {
            String line = "%-10s %s; trying again".formatted("lost", why);
            if (atTerminal) {
                out.print(CLEAR + line + "\n");
                out.flush();
            } else if (!json) {
                changed(List.of(line));
            }
        }

        /** Prints those lines that were not there before, with the time for people. */
        private void changed(List<String> lines) {
            String now =
                    OffsetDateTime.now(zone)
                            .truncatedTo(ChronoUnit.SECONDS)
                            .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
            for (String line : lines) {
                boolean restless = !shown.isEmpty() && RESTLESS.stream().anyMatch(line::startsWith);
                if (!shown.contains(line) && !restless) {
                    out.println(json ? line : now + "  " + line);
                }
            }
            shown = Set.copyOf(new HashSet<>(lines));
            out.flush();
        }
    }

    /** A status for people: a line a thing, its name first. */
    private static final class StatusTable {
        private static final double MIB = 1024.0 * 1024;

        private final PrintWriter out;
        private final ZoneId zone;

        /**
         * @param zone in which times are shown
         */
        StatusTable(PrintWriter out, ZoneId zone) {
            this.out = out;
            this.zone = zone;
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
            status.path("outside").properties().forEach(it -> outside(it.getKey(), it.getValue()));
            pushes(status.path("pushes"));
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

        private String since(JsonNode node) {
            return node.has("since") ? ", since " + when(node, "since") : "";
        }

        private void reload(JsonNode reload) {
            if (reload.has("last_done")) {
                List<String> by = new ArrayList<>();
                reload.path("last_by").forEach(it -> by.add(it.asString("")));
                line(
                        "reload",
                        "done last at "
                                + when(reload, "last_done")
                                + (by.isEmpty() ? "" : ", asked for by " + String.join(", ", by)));
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

        private void pushes(JsonNode pushes) {
            if (pushes.isMissingNode()) {
                return; // the rules have none
            }
            line(
                    "pushes",
                    "%s wait of %s, %s run%s; %s accepted, ended: %s, refused: %s"
                            .formatted(
                                    text(pushes, "waiting"),
                                    text(pushes, "max"),
                                    text(pushes, "running"),
                                    pushes.hasNonNull("held")
                                            ? ", none begins: "
                                                    + text(pushes, "held").replace('_', ' ')
                                            : "",
                                    text(pushes, "accepted"),
                                    counts(pushes.path("ended")),
                                    counts(pushes.path("refused"))));
        }

        private static String counts(JsonNode counts) {
            List<String> each = new ArrayList<>();
            counts.properties()
                    .forEach(it -> each.add(it.getKey() + " " + it.getValue().asString()));
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
                        .append(when(failing, "since"))
                        .append(": ")
                        .append(text(failing, "why"));
            }
            line("edr", line.toString());
        }

        private void outside(String called, JsonNode one) {
            List<String> parts = new ArrayList<>();
            one.properties().stream()
                    .filter(it -> !it.getKey().equals("calls"))
                    .forEach(it -> parts.add(it.getKey() + " " + it.getValue().asString()));
            long calls = 0;
            List<String> outcomes = new ArrayList<>();
            for (var it : one.path("calls").properties()) {
                if (!it.getKey().equals("microseconds")) {
                    calls += it.getValue().asLong();
                    outcomes.add(it.getKey() + " " + it.getValue().asString());
                }
            }
            if (calls > 0) {
                parts.add("calls: " + String.join(", ", outcomes));
                long micros = one.path("calls").path("microseconds").asLong();
                if (micros > 0) { // what only happens takes no time
                    parts.add("%.1f ms each on average".formatted(micros / 1000.0 / calls));
                }
            }
            line("outside", called + ": " + String.join(", ", parts));
        }

        private void line(String name, String text) {
            out.printf("%-10s %s%n", name, text);
        }

        private static String text(JsonNode node, String key) {
            return node.path(key).asString("?");
        }

        /** A time (RFC 3339) in the zone of the rules, with its offset. */
        private String when(JsonNode node, String key) {
            String text = text(node, key);
            try {
                return Instant.parse(text)
                        .atZone(zone)
                        .toOffsetDateTime()
                        .truncatedTo(ChronoUnit.SECONDS)
                        .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
            } catch (DateTimeParseException e) {
                return text; // of another release
            }
        }

        private static String time(long millis) {
            Duration up = Duration.ofMillis(millis);
            return "%d d %02d:%02d:%02d"
                    .formatted(
                            up.toDays(), up.toHoursPart(), up.toMinutesPart(), up.toSecondsPart());
        }
    }
}
