package io.moondial.cli.edr;

import io.moondial.cli.ExitCode;
import io.moondial.edr.report.Dialogs;
import io.moondial.edr.report.EdrInput;
import io.moondial.edr.report.Follower;
import io.moondial.edr.report.RecordFilter;
import io.moondial.edr.report.EdrInput.RecordSink;
import io.moondial.edr.report.Validation;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.edr.spec.EdrSpec.EdrSpecException;
import io.moondial.file.FileTrouble;
import io.moondial.problem.ProblemPrinter;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

/** {@code ussd edr}. */
@Command(
        name = "edr",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Prints the records of EDR files, one JSON object per line.",
            "  {\"file\":...,\"line\":...,\"at\":...,\"instance\":...,\"event\":...,\"fields\":{...}}",
            "The time is UTC. Values are decoded texts, and a list is an array. A line that cannot be read is reported on",
            "stderr as FILE:LINE:COLUMN, reading goes on, and the exit code is then 1. A file that begins with more than",
            "ten such lines gets one message: it is not an EDR file. edr-spec/README.md says what the",
            "events and their fields are.",
            ""
        },
        footer = {"", "Try: ussd edr --dialogs --msisdn 27761485722 /var/edr"})
public final class EdrCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = {
                "EDR files, complete (.edr) or in progress (.edr.part), or folders. A folder means its files, by",
                "name, but not those of folders in it. A file that is named twice is read once.",
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
                    "Only records of dialogs with this MSISDN in their USSD-PROCESS. The files are then read twice.")
    private @Nullable String msisdn;

    @Option(
            names = "--instance",
            paramLabel = "ID",
            description = "Only records of the dialog with this instance id.")
    private @Nullable String instance;

    @Option(
            names = "--dialogs",
            description =
                    "A JSON object per dialog instead of per record, when all files are read: instance, msisdn, code (what "
                            + "was dialled) or notification, started, duration_ms (not if the clock was set back), outcome (responded, declined, acknowledged, closed, "
                            + "aborted, abandoned, failed or unfinished), final_text, choices (each a menu and its answer), counts "
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
                    "Checks files and records against their specification instead of printing them. Reports every problem on stderr with FILE:LINE and the field, then how much was checked. The exit code is 1 if there is a problem, or a folder without EDR files.")
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
}
