package io.moondial.bench;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.bench.Site.Target;
import io.moondial.channel.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Operation;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.rules.Trigger;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A bench from its request to its outcome: engine, ceiling and records, made and cleared away. */
public final class BenchSession {
    /** A dialog is over at the handset a little before it is at the engine. */
    private static final int HEADROOM = 10_000;

    private final Request request;
    private final PrintWriter progress;

    /**
     * What is asked for.
     *
     * @param menus how many menus are answered
     * @param rules the rules file that names {@code script}; null: the bench's own rules
     * @param script the script that answers; null: one of the bench's own
     * @param edrFolder where the EDR files go; null: they are counted and thrown away
     * @param twoProcesses whether the engine runs in a process of its own, behind M3UA over TCP;
     *     else in this one, on the network in memory
     */
    public record Request(
            Plan plan,
            int menus,
            @Nullable Path rules,
            @Nullable String script,
            @Nullable Path edrFolder,
            boolean twoProcesses) {}

    public BenchSession(Request request, PrintWriter progress) {
        this.request = request;
        this.progress = progress;
    }

    /** Runs it, and leaves nothing behind except the EDR files, if a folder was named for them. */
    public Outcome run()
            throws BenchException, ConfigurationException, IOException, InterruptedException {
        try (Scratch scratch = Scratch.create()) {
            Path edrs =
                    request.edrFolder() == null
                            ? scratch.path().resolve("edr")
                            : request.edrFolder();
            long before = EdrFiles.count(edrs);
            Path rules = rules(scratch.path(), edrs);
            Configuration configuration = Configuration.read(rules).withEdrsIn(edrs);
            Site site =
                    request.twoProcesses()
                            ? new Site.TwoProcesses(rules, edrs, scratch.path(), maxDialogs())
                            : new Site.OneProcess(configuration, maxDialogs());
            Bench.Measured measured = measure(configuration, site);
            return new Outcome(
                    measured.rounds(),
                    measured.parking(),
                    measured.flooding(),
                    measured.liveHeap(),
                    EdrFiles.count(edrs) - before,
                    request.script() == null
                            ? measured.finished() * BenchRules.edrs(request.menus())
                            : -1);
        }
    }

    private Path rules(Path scratch, Path edrs) throws IOException {
        Path rules = request.rules();
        return rules == null
                ? BenchRules.write(scratch, request.menus(), edrs, engineTakes())
                : rules;
    }

    private Bench.Measured measure(Configuration configuration, Site site)
            throws BenchException, IOException, InterruptedException {
        try (Target engine = site.engine()) {
            Talk talk = talk(configuration, engine);
            if (!request.plan().baseline()) {
                return new Bench(request.plan(), talk, engine, null, progress).run();
            }
            try (Target baseline = site.baseline(talk)) {
                return new Bench(request.plan(), talk, engine, baseline, progress).run();
            }
        }
    }

    /** How many dialogs the engine may hold: in a flood those that are parked, and no more. */
    private int engineTakes() {
        Plan plan = request.plan();
        return plan.flood() > 0 ? plan.parked() : maxDialogs();
    }

    private int maxDialogs() {
        int open = request.plan().parked() + request.plan().load().concurrency();
        return HEADROOM + Math.max(open, Plan.Load.WARM_UP);
    }

    private Talk talk(Configuration configuration, Target engine)
            throws BenchException, InterruptedException {
        String script = request.script();
        if (script == null) {
            return new Talk(
                    call(BenchRules.CODE), BenchRules.screens(request.menus()), BenchRules.ANSWER);
        }
        return Rehearsal.hold(
                engine.handsets(),
                call(codeOf(script, configuration)),
                BenchRules.ANSWER,
                request.menus(),
                request.plan().load().patience());
    }

    private static String codeOf(String script, Configuration configuration) throws BenchException {
        return configuration.rules().process().triggers().triggers().stream()
                .filter(trigger -> trigger.scriptKey().equals(script))
                .map(Trigger::conditions)
                .flatMap(
                        conditions ->
                                Optional.ofNullable(conditions.ussdString())
                                        .or(
                                                () ->
                                                        Optional.ofNullable(
                                                                conditions.ussdStringPrefix()))
                                        .stream())
                .findFirst()
                .orElseThrow(
                        () ->
                                new BenchException(
                                        "no trigger leads from a ussd_string or a"
                                                + " ussd_string_prefix to the script "
                                                + script));
    }

    private static FarSide.Call call(String code) throws BenchException {
        try {
            return new FarSide.Call(
                    Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                    UssdString.encode(code, Dcs.UNSPECIFIED),
                    null,
                    null,
                    null,
                    BenchRules.SSN);
        } catch (UnsendableText e) {
            throw new BenchException("the code " + code + " cannot be dialled: " + e.getMessage());
        }
    }

    /** A temporary folder that is deleted when it is closed. */
    private record Scratch(Path path) implements AutoCloseable {
        static Scratch create() throws IOException {
            return new Scratch(Files.createTempDirectory("moondial-bench-"));
        }

        @Override
        public void close() throws IOException {
            List<Path> deepestFirst;
            try (Stream<Path> all = Files.walk(path)) {
                deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path each : deepestFirst) {
                Files.delete(each);
            }
        }
    }

    /** The records in the complete files of a folder. */
    static final class EdrFiles {
        private EdrFiles() {}

        /** How many there are; none if there is no folder. */
        static long count(Path folder) throws IOException {
            if (!Files.isDirectory(folder)) {
                return 0;
            }
            long count = 0;
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.edr")) {
                for (Path file : files) {
                    count += recordsIn(file);
                }
            }
            return count;
        }

        private static long recordsIn(Path file) throws IOException {
            try (Stream<String> lines = Files.lines(file)) {
                return lines.filter(line -> !line.startsWith("#")).count();
            }
        }
    }

    /** A bench that cannot be run as it was asked for. */
    public static final class BenchException extends Exception {
        private static final long serialVersionUID = 1L;

        BenchException(String message) {
            super(message);
        }
    }

    /** One dialog held before, to learn what every other one has to see. */
    private static final class Rehearsal {
        private Rehearsal() {}

        /**
         * Holds it.
         *
         * @param menus how many menus are answered; at one more the handset gives up
         * @throws BenchException if the dialog goes no way that a load could follow
         */
        static Talk hold(
                FarSide network, FarSide.Call call, String answer, int menus, Duration patience)
                throws BenchException, InterruptedException {
            BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
            Handset handset = Handset.begin(network, call, screens::add);
            List<Talk.Shown> seen = new ArrayList<>();
            int answered = 0;
            while (true) {
                Screen screen = screens.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
                if (screen == null) {
                    handset.vanish();
                    throw new BenchException("the rehearsal got no screen behind " + seen);
                }
                seen.add(Talk.Shown.of(screen));
                if (screen.isLast()) {
                    return new Talk(call, seen, answer);
                }
                if (screen instanceof Screen.Menu && ++answered > menus) {
                    handset.vanish();
                    throw new BenchException(
                            "the script shows more than %d menus, as --menus says: %s"
                                    .formatted(menus, seen));
                }
                react(handset, screen, answer);
            }
        }

        private static void react(Handset handset, Screen screen, String answer)
                throws BenchException {
            try {
                if (screen instanceof Screen.Menu menu) {
                    handset.answer(menu, answer);
                } else if (screen instanceof Screen.Notify notify) {
                    handset.acknowledge(notify);
                }
            } catch (DialogGoneException | UnsendableText e) {
                throw new BenchException("the rehearsal cannot go on: " + e.getMessage());
            }
        }
    }
}
