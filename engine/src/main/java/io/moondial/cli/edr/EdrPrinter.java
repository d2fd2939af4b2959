package io.moondial.cli.edr;

import io.moondial.cli.ExitCode;
import io.moondial.edr.Edr;
import io.moondial.edr.report.Dialogs.DialogSummary;
import io.moondial.edr.report.Dialogs;
import io.moondial.edr.report.RecordFilter;
import io.moondial.edr.report.EdrInput.RecordSink;
import io.moondial.edr.report.EdrInput.RecordSink.PlacedRecord;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.file.FileTrouble;
import io.moondial.problem.Problem;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code ussd edr} prints of the records that come: each of them, or their dialogs. */
final class EdrPrinter implements RecordSink {
    private final EdrJson json = new EdrJson();
    private final RecordFilter filter;
    private final EdrOutput out;
    private final PrintWriter err;
    private boolean failed;

    EdrPrinter(RecordFilter filter, EdrOutput out, PrintWriter err) {
        this.filter = filter;
        this.out = out;
        this.err = err;
    }

    @Override
    public void record(PlacedRecord found) {
        filter.learn(found.edr());
        if (filter.isOfDialog(found.edr()) && filter.isOfEvent(found.edr())) {
            out.line(json.of(found));
        }
    }

    @Override
    public void unreadable(Problem problem) {
        failed = true;
        err.println(problem);
    }

    void print(Dialogs dialogs) {
        dialogs.summaries().map(json::of).forEach(out::line);
    }

    /** Notes each wanted event that the engine does not have and no record was of. */
    void noteUnknownEvents() {
        String met = String.join(", ", filter.metEvents());
        for (String event : filter.unmetEvents()) {
            if (!EdrSpec.ENGINE_EVENTS.contains(event)) {
                err.println(
                        "ussd: no record of event %s; %s"
                                .formatted(
                                        event,
                                        met.isEmpty()
                                                ? "there is no record at all"
                                                : "there are records of " + met));
            }
        }
    }

    /** Writes what was printed and still waits. */
    void flush() {
        out.flush();
    }

    /** Whether there is still somebody who reads; what was printed is with them then. */
    boolean isRead() {
        try {
            out.flush();
            return true;
        } catch (EdrOutput.NobodyReads e) {
            return false;
        }
    }

    int exitCode() {
        return failed || out.isBroken() ? ExitCode.FAILED : ExitCode.GOOD;
    }

    /** Records and dialogs as JSON, each an object on one line; what is not known is left out. */
    private static final class EdrJson {
        private static final DateTimeFormatter MILLIS =
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                        .withZone(ZoneOffset.UTC);

        private final JsonMapper json = new JsonMapper();

        String of(PlacedRecord found) {
            Edr edr = found.edr();
            ObjectNode object = json.createObjectNode();
            object.put("file", found.file().toString());
            object.put("line", found.line());
            object.put("at", time(edr.at()));
            object.put("instance", edr.instanceId());
            object.put("event", edr.event());
            ObjectNode fields = object.putObject("fields");
            edr.fields().forEach(field -> put(fields, field));
            return json.writeValueAsString(object);
        }

        String of(DialogSummary dialog) {
            ObjectNode object = json.createObjectNode();
            object.put("instance", dialog.instance());
            putKnown(object, "msisdn", dialog.msisdn());
            putKnown(object, "code", dialog.code());
            putKnown(object, "notification", dialog.notification());
            object.put("started", time(dialog.started()));
            Duration duration = dialog.duration();
            if (duration != null) {
                object.put("duration_ms", duration.toMillis());
            }
            object.put("outcome", dialog.outcome().word());
            putKnown(object, "final_text", dialog.finalText());
            ArrayNode choices = object.putArray("choices");
            for (DialogSummary.Choice choice : dialog.choices()) {
                ObjectNode chosen = choices.addObject();
                putKnown(chosen, "menu", choice.menu());
                chosen.put("answer", choice.answer());
            }
            putCounts(object.putObject("counts"), dialog.counts());
            putKnown(object, "exception", dialog.exception());
            return json.writeValueAsString(object);
        }

        private static void put(ObjectNode fields, Edr.Field field) {
            if (field.values().size() == 1) {
                fields.put(field.name(), field.values().getFirst());
            } else {
                ArrayNode list = fields.putArray(field.name());
                field.values().forEach(list::add);
            }
        }

        private static void putCounts(ObjectNode object, DialogSummary.Counts counts) {
            object.put("menus", counts.menus());
            object.put("timeouts", counts.timeouts());
            object.put("late", counts.late());
            object.put("notifies", counts.notifies());
            object.put("errors", counts.errors());
        }

        private static void putKnown(ObjectNode object, String key, @Nullable String value) {
            if (value != null) {
                object.put(key, value);
            }
        }

        private static String time(Instant at) {
            return MILLIS.format(at);
        }
    }

    /**
     * Where the lines of {@code ussd edr} go.
     *
     * <p>{@link System#out} is not used, because it does not say why it could not write. It is no
     * failure if nobody reads any more, but it is one if a disk is full.
     */
    static final class EdrOutput {
        /** What the system says of a pipe whose reader has gone. */
        private static final String NOBODY = "Broken pipe";

        private final Writer out;
        private boolean broken;

        /** The output was closed by those whom it was for. */
        static final class NobodyReads extends RuntimeException {
            private static final long serialVersionUID = 1L;

            private NobodyReads(IOException why) {
                super("the output is closed", why, false, false);
            }
        }

        /** The output takes no more, though somebody wants it. */
        static final class Unwritable extends RuntimeException {
            private static final long serialVersionUID = 1L;

            private Unwritable(IOException why) {
                super(
                        "the output cannot be written: %s; it is not complete: make room there, or write elsewhere, and try again"
                                .formatted(FileTrouble.words(why)),
                        why);
            }
        }

        EdrOutput(Writer out) {
            this.out = out;
        }

        /** The standard output. */
        static Writer standard() {
            return new BufferedWriter(
                    new OutputStreamWriter(
                            new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8));
        }

        /** Puts a line, which may wait for others before it is written. */
        void line(String line) {
            try {
                out.write(line + System.lineSeparator());
            } catch (IOException e) {
                throw failure(e);
            }
        }

        /** Writes what waits; it is with the readers then. */
        void flush() {
            try {
                out.flush();
            } catch (IOException e) {
                throw failure(e);
            }
        }

        /** Whether lines were lost that somebody wanted. */
        boolean isBroken() {
            return broken;
        }

        private RuntimeException failure(IOException why) {
            if (String.valueOf(why.getMessage()).contains(NOBODY)) {
                return new NobodyReads(why);
            }
            broken = true;
            return new Unwritable(why);
        }
    }
}
