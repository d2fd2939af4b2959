package io.moondial.cli;

import io.moondial.ConfigurationException;
import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.EventTaker;
import io.moondial.admin.client.AdminClient.NotRunningException;
import io.moondial.admin.client.AdminClient.RefusedException;
import io.moondial.text.LogText;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code ussd dialogs}. */
@Command(
        name = "dialogs",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the dialogs of a running serve: those that run and those that ended last, newest first.",
            "With an INSTANCE_ID, shows that dialog as a history: what was dialled, shown and answered, calls, log lines, records, each with its time. Secret answers are asterisks. Exits with 1 if there is no such dialog; with 3 if no engine answers."
        })
final class DialogsCommand implements Callable<Integer> {
    private static final int HTTP_NOT_FOUND = 404;

    @Mixin private RulesOption rules;
    @Mixin private EngineOption engine;

    @Option(
            names = "--msisdn",
            paramLabel = "DIGITS",
            description = "Only dialogs of numbers that begin with these digits.")
    private @Nullable String msisdn;

    @Option(
            names = "--code",
            paramLabel = "CODE",
            description = "Only dialogs whose dialled text begins with this.")
    private @Nullable String code;

    @Option(names = "--script", paramLabel = "KEY", description = "Only dialogs of this script.")
    private @Nullable String script;

    @Option(
            names = "--outcome",
            paramLabel = "WORD",
            description =
                    "Only dialogs that are open, responded, declined, acknowledged, completed, closed, aborted, abandoned, unreached or failed.")
    private @Nullable String outcome;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "How many are listed, up to 500. Default: 50.")
    private @Nullable Integer limit;

    @Option(
            names = "--follow",
            description =
                    "Goes on with what happens: a line for each dialog that begins, is answered or ends, with the time of that; with an INSTANCE_ID, its history until it ends.")
    private boolean follow;

    @Option(names = "--json", description = "One JSON object per line.")
    private boolean json;

    @Parameters(
            paramLabel = "INSTANCE_ID",
            arity = "0..1",
            description = "The dialog, as records and log lines name it.")
    private @Nullable String instanceId;

    @Spec private CommandSpec spec;

    private Clock clock = new Clock(ZoneId.systemDefault());

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    DialogsCommand() {}

    @Override
    public Integer call()
            throws ConfigurationException,
                    NotRunningException,
                    RefusedException,
                    IOException,
                    InterruptedException {
        if (instanceId != null
                && (msisdn != null
                        || code != null
                        || script != null
                        || outcome != null
                        || limit != null)) {
            throw new ParameterException(
                    spec.commandLine(), "an INSTANCE_ID takes no filter and no --limit");
        }
        clock = new Clock(rules.timeZone());
        PrintWriter out = spec.commandLine().getOut();
        try (AdminClient client = engine.client(rules)) {
            if (follow) {
                follow(client, out);
            } else if (instanceId == null) {
                list(client, out);
            } else {
                JsonNode history = client.get("/v1/dialogs").segment(instanceId).answer();
                if (json) {
                    out.println(history);
                } else {
                    new History(out, clock).print(history);
                }
            }
        }
        out.flush();
        return ExitCode.GOOD;
    }

    private void follow(AdminClient client, PrintWriter out)
            throws NotRunningException, RefusedException, InterruptedException {
        if (instanceId == null) {
            client.get("/v1/events")
                    .with("topics", "dialogs")
                    .events(new FollowedList(client, out));
        } else {
            client.get("/v1/events")
                    .with("instance_id", instanceId)
                    .events(new FollowedDialog(client, instanceId, out));
        }
    }

    private JsonNode page(AdminClient client)
            throws NotRunningException, RefusedException, InterruptedException {
        return client.get("/v1/dialogs")
                .with("msisdn", msisdn)
                .with("code", code)
                .with("script", script)
                .with("outcome", outcome)
                .with("limit", limit)
                .answer();
    }

    private void list(AdminClient client, PrintWriter out)
            throws NotRunningException, RefusedException, InterruptedException {
        JsonNode page = page(client);
        page.path("dialogs").forEach(it -> summary(out, it));
        if (!json && page.path("more").asBoolean(false)) {
            out.println("there are older ones that match: --limit N lists up to 500");
        }
    }

    /** The list so far, then a line for each dialog that is otherwise than its last line said. */
    private final class FollowedList implements EventTaker {
        private static final int MAX_KNOWN = 1_000;

        private final AdminClient client;
        private final PrintWriter out;

        /** The last line of each dialog, by its instance id; of those whose line is newest. */
        private final LinkedHashMap<String, JsonNode> known = new LinkedHashMap<>();

        FollowedList(AdminClient client, PrintWriter out) {
            this.client = client;
            this.out = out;
        }

        @Override
        public boolean begun() throws NotRunningException, RefusedException, InterruptedException {
            List<JsonNode> dialogs = new ArrayList<>();
            page(client).path("dialogs").forEach(dialogs::add);
            // the newest last where more lines follow, and it is what a terminal shows
            dialogs.reversed().forEach(this::show);
            out.flush();
            return true;
        }

        @Override
        public boolean take(String name, JsonNode data) {
            if (name.equals("dialog") && isWanted(data)) {
                show(data);
            } else if (name.equals("lost")) {
                lost(out, data);
            }
            out.flush();
            return true;
        }

        private void show(JsonNode dialog) {
            if (!dialog.equals(known.putLast(text(dialog, "instance_id"), dialog))) {
                summary(out, dialog);
            }
            if (known.size() > MAX_KNOWN) {
                var _ = known.pollFirstEntry();
            }
        }
    }

    private void lost(PrintWriter out, JsonNode data) {
        if (json) {
            out.println(data);
        } else {
            out.printf("%s events more than could be shown%n", data.path("count").asString("?"));
        }
    }

    /** The filters, which the engine knows for lists only. */
    private boolean isWanted(JsonNode dialog) {
        return (msisdn == null || text(dialog, "msisdn").startsWith(msisdn))
                && (code == null || text(dialog, "code").startsWith(code))
                && (script == null || text(dialog, "script").equals(script))
                && (outcome == null || text(dialog, "outcome").equals(outcome));
    }

    private void summary(PrintWriter out, JsonNode dialog) {
        if (json) {
            out.println(dialog);
            return;
        }
        out.println(
                "%s  %-14s %-15s %-12s %-12s %2s answered  %s"
                        .formatted(
                                clock.full(
                                        text(
                                                dialog,
                                                follow && dialog.has("changed")
                                                        ? "changed"
                                                        : "began")),
                                inLine(text(dialog, "code")),
                                text(dialog, "msisdn"),
                                text(dialog, "script"),
                                text(dialog, "outcome"),
                                text(dialog, "turns"),
                                text(dialog, "instance_id")));
    }

    /**
     * A dialog's history, as it becomes longer. An event says only that there is more: what that is
     * comes whole and in order from the history, also where events were lost.
     */
    private final class FollowedDialog implements EventTaker {
        private final AdminClient client;
        private final String id;
        private final PrintWriter out;
        private final History printed;
        private final Set<JsonNode> known = new HashSet<>();
        private int shown;
        private boolean over;

        FollowedDialog(AdminClient client, String id, PrintWriter out) {
            this.client = client;
            this.id = id;
            this.out = out;
            this.printed = new History(out, clock);
        }

        @Override
        public boolean begun() throws NotRunningException, RefusedException, InterruptedException {
            JsonNode history = history();
            if (!json) {
                printed.head(history);
            }
            show(history);
            return !over;
        }

        @Override
        public boolean take(String name, JsonNode data)
                throws NotRunningException, RefusedException, InterruptedException {
            if (name.equals("entry")) {
                ((ObjectNode) data).remove("instance_id"); // in the history, entries have none
            }
            if (name.equals("lost") || (name.equals("entry") && !known.contains(data))) {
                try {
                    show(history());
                } catch (RefusedException e) {
                    if (e.status() != HTTP_NOT_FOUND || !name.equals("entry")) {
                        throw e;
                    }
                    entry(data); // newer dialogs have just taken its place
                    out.flush();
                }
            }
            return !over;
        }

        private JsonNode history()
                throws NotRunningException, RefusedException, InterruptedException {
            return client.get("/v1/dialogs").segment(id).answer();
        }

        private void show(JsonNode history) {
            JsonNode entries = history.path("entries");
            for (; shown < entries.size(); shown++) {
                entry(entries.path(shown));
            }
            if (over && !json) {
                printed.leftOut(history);
            }
            out.flush();
        }

        private void entry(JsonNode entry) {
            known.add(entry);
            over |= text(entry, "kind").equals("end");
            if (json) {
                out.println(entry);
            } else {
                printed.entry(entry);
            }
        }
    }

    /** A value, without what could steer a terminal: subscribers and scripts choose texts. */
    private static String text(JsonNode node, String key) {
        JsonNode value = node.path(key);
        return value.isNull() ? "-" : seen(value.asString("-"));
    }

    /** In a table, a text is one line: what is pushed can have several. */
    private static String inLine(String text) {
        return text.replace("\n", "\\n");
    }

    private static String seen(String text) {
        StringBuilder seen = new StringBuilder();
        text.codePoints()
                .map(it -> it == '\n' || LogText.isSeen(it) ? it : '\uFFFD')
                .forEach(seen::appendCodePoint);
        return seen.toString();
    }

    /** One dialog as a story. */
    private static final class History {
        private final PrintWriter out;
        private final Clock clock;

        History(PrintWriter out, Clock clock) {
            this.clock = clock;
            this.out = out;
        }

        void print(JsonNode history) {
            head(history);
            history.path("entries").forEach(this::entry);
            leftOut(history);
        }

        void head(JsonNode history) {
            JsonNode dialog = history.path("dialog");
            out.printf(
                    "%s  from %s  ->  %s  %s  %s  %s%n",
                    inLine(text(dialog, "code")),
                    text(dialog, "msisdn"),
                    text(dialog, "script"),
                    text(dialog, "version"),
                    took(dialog.path("took_ms"), "took "),
                    text(dialog, "outcome")
                            + (dialog.has("error") ? ": " + text(dialog, "error") : ""));
            out.printf("began %s%n", clock.full(text(dialog, "began")));
        }

        void leftOut(JsonNode history) {
            int left = history.path("left_out").asInt(0);
            if (left > 0) {
                out.printf("%d entries were not kept because there were too many%n", left);
            }
        }

        void entry(JsonNode entry) {
            String kind = text(entry, "kind");
            String word = kind.equals("screen") ? text(entry, "screen") : kind;
            List<String> parts = new ArrayList<>();
            for (String key : List.of("called", "event", "level", "outcome")) {
                if (entry.has(key)) {
                    parts.add(text(entry, key));
                }
            }
            String what = entry.has("text") ? text(entry, "text") : "";
            StringBuilder line = new StringBuilder(String.join(" ", parts));
            if (!what.isEmpty()) {
                line.append(line.isEmpty() ? "" : " ").append(what.replace("\n", "\n" + INDENT));
            }
            if (kind.equals("record")) {
                entry.path("fields")
                        .properties()
                        .forEach(
                                it ->
                                        line.append(' ')
                                                .append(it.getKey())
                                                .append('=')
                                                .append(
                                                        seen(
                                                                it.getValue()
                                                                        .asString("")
                                                                        .replace('\n', ' '))));
            }
            String took = took(entry.path("took_ms"), kind.equals("answer") ? "after " : "in ");
            out.println(
                    "%s  %-8s %s%s%s"
                            .formatted(
                                    clock.time(text(entry, "at")),
                                    word,
                                    line,
                                    took.isEmpty() ? "" : "  " + took,
                                    entry.has("place") ? "  " + text(entry, "place") : "")
                            .stripTrailing());
        }

        private static final String INDENT = " ".repeat(12 + 2 + 8 + 1);

        private static String took(JsonNode millis, String before) {
            if (!millis.isNumber()) {
                return "";
            }
            double value = millis.asDouble();
            return before
                    + (value >= 1000
                            ? String.format(Locale.ROOT, "%.1f s", value / 1000)
                            : String.format(
                                    Locale.ROOT, value < 10 ? "%.1f ms" : "%.0f ms", value));
        }
    }

    /** Times as the rules want people to read them. */
    private static final class Clock {
        private final DateTimeFormatter full;
        private final DateTimeFormatter time;

        Clock(ZoneId zone) {
            full =
                    DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSXXX", Locale.ROOT)
                            .withZone(zone);
            time = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(zone);
        }

        String full(String at) {
            return in(full, at);
        }

        String time(String at) {
            return in(time, at);
        }

        private static String in(DateTimeFormatter format, String at) {
            try {
                return format.format(Instant.parse(at));
            } catch (DateTimeParseException e) {
                return at;
            }
        }
    }
}
