package io.moondial.cli;

import io.moondial.edr.Edr;
import io.moondial.edr.report.Dialogs;
import io.moondial.edr.report.Dialogs.DialogSummary;
import io.moondial.edr.report.Dialogs.RecordFilter;
import io.moondial.edr.report.EdrInput;
import io.moondial.edr.report.EdrInput.RecordSink;
import io.moondial.edr.report.EdrInput.RecordSink.PlacedRecord;
import io.moondial.edr.report.Follower;
import io.moondial.edr.report.Validation;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.edr.spec.EdrSpec.EdrSpecException;
import io.moondial.file.FileTrouble;
import io.moondial.problem.Problem;
import io.moondial.problem.Problem.ProblemPrinter;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code ussd edr}. */
@Command(
        name = "edr",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Prints the records of EDR files, one JSON object per line.",
            "  {\"file\":...,\"line\":...,\"at\":...,\"instance_id\":...,\"event\":...,\"fields\":{...}}",
            "The time is UTC. Values are decoded texts, and a list is an array. A line that cannot be read is reported on stderr as FILE:LINE:COLUMN, reading goes on, and the exit code is then 1. A file that begins with more than ten such lines gets one message: it is not an EDR file. edr-spec/README.md says what the events and their fields are.",
            ""
        },
        footer = {"", "Try: ussd edr --dialogs --msisdn 27761485722 /var/edr"})
public final class EdrCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = {
                "EDR files, complete (.edr) or in progress (.edr.part), or folders. A folder means its files, by name, but not those of folders in it. A file that is named twice is read once.",
                "'-', or no file, is the standard input."
            })
    private List<Path> files = List.of(EdrInput.STANDARD_INPUT);

    @Option(
            names = "--event",
            paramLabel = "NAME",
            description =
                    "Only records of this event. Can be given several times. With --dialogs: only dialogs that have such a record.")
    private List<String> events = List.of();

    @Option(
            names = "--msisdn",
            paramLabel = "DIGITS",
            converter = EdrMsisdnConverter.class,
            description =
                    "Only records of dialogs and pushes of this subscriber: with this MSISDN in USSD-PROCESS, PUSH, PUSH-R or PUSH-E. The files are then read twice.")
    private @Nullable String msisdn;

    @Option(
            names = "--instance",
            paramLabel = "ID",
            description = "Only records of the dialog with this instance id.")
    private @Nullable String instance;

    @Option(
            names = "--dialogs",
            description =
                    "A JSON object per dialog instead of per record, when all files are read: instance_id, push_id, msisdn, code (what "
                            + "was dialled) or notification, began, took_ms (not if the clock was set back), outcome (responded, declined, acknowledged, completed, closed, "
                            + "aborted, abandoned, unreached, failed or unfinished), resumes (the dialog whose menu.flow went on in this one), final_text, choices (each a menu and its answer), counts "
                            + "(menus, timeouts, late, notifies, errors), exception. What is missing is left out.")
    private boolean dialogs;

    @Option(
            names = "--follow",
            description =
                    "Continues until SIGINT: reads files as they grow, and new files in the folders.")
    private boolean follow;

    @Option(
            names = "--validate",
            description =
                    "Checks files and records against their specification instead of printing them. Reports every problem on stderr with FILE:LINE and the field, then how much was checked, and which events have no specification: of their records only the form is checked. The exit code is 1 if there is a problem, or a folder without EDR files.")
    private boolean validate;

    @Option(
            names = "--spec",
            paramLabel = "FOLDER",
            description =
                    "With --validate: the specification, one file per event. Default: the engine's own events, which are built in.")
    private @Nullable Path specFolder;

    @Spec private CommandSpec spec;

    private Writer output = EdrPrinter.EdrOutput.standard();

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    EdrCommand() {}

    /** Lets the records go elsewhere than to the standard output. */
    void printTo(Writer elsewhere) {
        output = elsewhere;
    }

    @Override
    public Integer call() throws InterruptedException {
        refuseMixtures();
        var records = new EdrPrinter.EdrOutput(output);
        EdrInput input = new EdrInput(files, new EdrLiveInput(System.in, records::flush));
        if (!input.missing().isEmpty()) {
            throw bad("there is no such file or folder: " + input.missing().getFirst());
        }
        try {
            return validate ? validate(input) : print(input, records);
        } catch (IOException e) {
            err().println("ussd: cannot be read: " + FileTrouble.tell(e));
            return ExitCode.FAILED;
        } catch (EdrPrinter.EdrOutput.NobodyReads e) {
            // As of a pipe into head: there is nothing left to do.
            return ExitCode.GOOD;
        } catch (EdrPrinter.EdrOutput.Unwritable e) {
            err().println("ussd: " + e.getMessage());
            return ExitCode.FAILED;
        } catch (EdrSpecException e) {
            err().print(ProblemPrinter.print(e.problems()));
            err().flush();
            return ExitCode.BAD_INPUT;
        }
    }

    private int validate(EdrInput input) throws IOException, EdrSpecException {
        EdrSpec specification = specFolder == null ? EdrSpec.builtIn() : EdrSpec.load(specFolder);
        var validation = new Validation(specification, err()::println);
        validation.check(input);
        err().println(validation.summary());
        return validation.isGood() ? ExitCode.GOOD : ExitCode.FAILED;
    }

    private int print(EdrInput input, EdrPrinter.EdrOutput records)
            throws IOException, InterruptedException {
        input.emptyFolders().forEach(err()::println);
        var filter = new RecordFilter(events, msisdn, instance);
        var printer = new EdrPrinter(filter, records, err());
        if (follow) {
            new UntilSignal().follow(new Follower(input, printer), printer);
        } else {
            printAll(input, filter, printer);
        }
        return printer.exitCode();
    }

    private void printAll(EdrInput input, RecordFilter filter, EdrPrinter printer) {
        if (filter.needsAll() && input.isFiles()) {
            // What cannot be read is reported when the records are printed.
            input.read(RecordSink.of(found -> filter.learn(found.edr()), problem -> {}));
        }
        if (dialogs) {
            var gathered = new Dialogs(filter);
            input.read(RecordSink.of(gathered::add, printer::unreadable));
            printer.print(gathered);
        } else {
            input.read(printer);
        }
        printer.flush();
        printer.noteUnknownEvents();
    }

    private void refuseMixtures() {
        if (follow && dialogs) {
            throw bad(
                    "--follow and --dialogs cannot be combined: a dialog is printed when all files have been read");
        }
        if (follow && files.contains(EdrInput.STANDARD_INPUT)) {
            throw bad(
                    "--follow needs files or folders: the standard input is read until it ends anyway");
        }
        if (validate
                && (follow || dialogs || msisdn != null || instance != null || !events.isEmpty())) {
            throw bad("--validate checks everything: give only files or folders with it");
        }
        if (specFolder != null && !validate) {
            throw bad("--spec is for --validate: give both");
        }
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Reads an MSISDN that records are picked by: its digits alone. */
    private static final class EdrMsisdnConverter implements ITypeConverter<String> {
        private static final int MAX_DIGITS = 38;

        @Override
        public String convert(String value) {
            if (value.matches("[0-9]{1," + MAX_DIGITS + "}")) {
                return value;
            }
            throw new TypeConversionException(
                    "'%s' is not a number: 1 to %d digits are allowed, as of 27761485722, without + and without :NOA:NPI"
                            .formatted(value, MAX_DIGITS));
        }
    }

    /** An input that says when it may keep its reader waiting. */
    private static final class EdrLiveInput extends FilterInputStream {
        private final Runnable beforeWaiting;

        EdrLiveInput(InputStream in, Runnable beforeWaiting) {
            super(in);
            this.beforeWaiting = beforeWaiting;
        }

        @Override
        public int read() throws IOException {
            tell();
            return in.read();
        }

        @Override
        public int read(byte[] octets, int from, int length) throws IOException {
            tell();
            return in.read(octets, from, length);
        }

        private void tell() throws IOException {
            if (in.available() == 0) {
                beforeWaiting.run();
            }
        }
    }

    /** The loop that looks again and again, until SIGINT or SIGTERM or nobody reads any more. */
    private static final class UntilSignal {
        private static final Duration PAUSE = Duration.ofMillis(250);

        private final CountDownLatch signalled = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);

        /** Goes on until it is over; a signal's exit code is then the printer's. */
        void follow(Follower follower, EdrPrinter printer)
                throws IOException, InterruptedException {
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform().name("stop").unstarted(() -> stop(printer)));
            try (follower) {
                do {
                    follower.look();
                } while (printer.isRead()
                        && !signalled.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
            } finally {
                over.countDown();
            }
        }

        /**
         * Lets the look under way come to its end, so that no line is cut. The JVM would end with a
         * code that names the signal; a stop that was asked for is a good end.
         */
        private void stop(EdrPrinter printer) {
            signalled.countDown();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(printer.exitCode());
        }
    }

    /** What {@code ussd edr} prints of the records that come: each of them, or their dialogs. */
    static final class EdrPrinter implements RecordSink {
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

        /**
         * Records and dialogs as JSON, each an object on one line; what is not known is left out.
         */
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
                object.put("instance_id", edr.instanceId());
                object.put("event", edr.event());
                ObjectNode fields = object.putObject("fields");
                edr.fields().forEach(field -> put(fields, field));
                return json.writeValueAsString(object);
            }

            String of(DialogSummary dialog) {
                ObjectNode object = json.createObjectNode();
                object.put("instance_id", dialog.instance());
                putKnown(object, "push_id", dialog.pushId());
                putKnown(object, "msisdn", dialog.msisdn());
                putKnown(object, "code", dialog.code());
                putKnown(object, "notification", dialog.notification());
                object.put("began", time(dialog.started()));
                Duration duration = dialog.duration();
                if (duration != null) {
                    object.put("took_ms", duration.toMillis());
                }
                object.put("outcome", dialog.outcome().word());
                putKnown(object, "resumes", dialog.resumes());
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
         * <p>{@link System#out} is not used, because it does not say why it could not write. It is
         * no failure if nobody reads any more, but it is one if a disk is full.
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
}
