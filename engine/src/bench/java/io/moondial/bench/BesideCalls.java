package io.moondial.bench;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.bench.Outcome.Figures;
import io.moondial.bench.Plan.Load;
import io.moondial.bench.Site.Target;
import io.moondial.bench.Talk.Shown;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.cli.RulesOption;
import io.moondial.script.api.Backends;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.slf4j.event.Level;

/**
 * What the turns of dialogs that call nothing take beside dialogs that call an HTTP service which
 * does not answer, or is not there. All in one process on the network in memory; the service is in
 * another. Each load comes between two in which the plain dialogs are alone, so that a ratio
 * compares neighbours.
 *
 * <p>{@code BesideCalls [ROUNDS [SECONDS [RATE [WAITING]]]]}; {@code BesideCalls stub} is the
 * service.
 */
public final class BesideCalls {
    private static final int CALLS_PER_SECOND = 100;
    private static final int BEGUN_PER_SECOND = 2_000;
    private static final int WARM_UP = 100_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String RULES =
            """
            process:
              script_dir: scripts
              triggers:
                - {ussd_string: "*1#", script_key: plain}
                - {ussd_string: "*2#", script_key: slow}
                - {ussd_string: "*3#", script_key: refused}
                - {ussd_string: "*4#", script_key: swallowed}
            http:
              upstreams:
                slow: {url: "http://127.0.0.1:%d", timeout: 5m, connect_timeout: 30s, max_concurrent: 100000}
                refused: {url: "http://127.0.0.1:1", max_concurrent: 100000, breaker: {failures: none}}
                swallowed: {url: "http://127.0.0.1:%d", max_concurrent: 100000, breaker: {failures: none}}
            edr: {max_file_edrs: 65536}
            """;

    private static final String PLAIN =
            """
            local ussd = require "ussd"
            local choice = ussd.menu("1. Balance\\n2. Airtime")
            return choice == "1" and "Your balance is 12.50" or "Wrong choice"
            """;

    private static final String CALL =
            """
            local request = ...
            local answer = http.get("%s", "/accounts/{msisdn}", {path = {msisdn = request.msisdn or "0"}})
            return answer and "Answered" or "Not now"
            """;

    private final Target engine;
    private final Stub stub;
    private final PrintStream out;
    private final int waiting;
    private final Load load;

    /** What runs beside the plain dialogs. */
    private enum Beside {
        /** Calls that wait for an answer, all the time. */
        WAITING("*2#", "Answered"),
        /** Calls, one after the other, that are refused at once. */
        REFUSED("*3#", "Not now"),
        /** The same, but nothing says that nobody is there. */
        SWALLOWED("*4#", "Not now");

        private final String code;
        private final String outcome;

        Beside(String code, String outcome) {
            this.code = code;
            this.outcome = outcome;
        }

        Talk talk() {
            return new Talk(call(code), List.of(new Shown("respond", outcome)), List.of());
        }
    }

    private BesideCalls(Target engine, Stub stub, PrintStream out, int waiting, Load load) {
        this.engine = engine;
        this.stub = stub;
        this.out = out;
        this.waiting = waiting;
        this.load = load;
    }

    /** Measures; with the argument {@code stub} it is the service. */
    public static void main(String... arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("stub")) {
            Stub.serve();
            return;
        }
        RulesOption.logLevel(Level.ERROR);
        int rounds = number(arguments, 0, 5);
        int seconds = number(arguments, 1, 15);
        int rate = number(arguments, 2, 300);
        int waiting = number(arguments, 3, 10_000);
        Path folder = Files.createTempDirectory("beside-calls-");
        try (Stub stub = new Stub();
                Target engine =
                        new Site.EmbeddedEngine(configuration(folder, stub), Backends::start)) {
            new BesideCalls(
                            engine,
                            stub,
                            System.out,
                            waiting,
                            new Load(rate * seconds, rate, 100_000, PATIENCE))
                    .run(rounds);
        } finally {
            remove(folder);
        }
    }

    private static void remove(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(folder)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : deepestFirst) {
            Files.delete(each);
        }
    }

    private static int number(String[] arguments, int index, int otherwise) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
    }

    private static Configuration configuration(Path folder, Stub stub)
            throws ConfigurationException, IOException {
        Path scripts = Files.createDirectory(folder.resolve("scripts"));
        Files.writeString(scripts.resolve("plain.lua"), PLAIN);
        for (Beside each : Beside.values()) {
            String name = each.name().toLowerCase(Locale.ROOT);
            String upstream = each == Beside.WAITING ? "slow" : name;
            Files.writeString(scripts.resolve(upstream + ".lua"), CALL.formatted(upstream));
        }
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, RULES.formatted(stub.slow, stub.swallows));
        return Configuration.read(rules).withEdrsIn(folder.resolve("edr"));
    }

    private static FarSide.Call call(String code) {
        try {
            return new FarSide.Call(
                    Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                    UssdString.encode(code, Dcs.UNSPECIFIED),
                    null,
                    null,
                    null,
                    6);
        } catch (UnsendableText e) {
            throw new IllegalStateException(e);
        }
    }

    private static Talk plain() {
        return new Talk(
                call("*1#"),
                List.of(
                        new Shown("menu", "1. Balance\n2. Airtime"),
                        new Shown("respond", "Your balance is 12.50")),
                List.of("1"));
    }

    private void run(int rounds) throws Exception {
        good(LoadRun.answering(engine.handsets(), plain(), new Load(WARM_UP, 0, 128, PATIENCE)));
        round("warm-up"); // does not count
        Map<Beside, List<Ratio>> ratios = new EnumMap<>(Beside.class);
        for (int i = 1; i <= rounds; i++) {
            round("round " + i)
                    .forEach(
                            (beside, ratio) ->
                                    ratios.computeIfAbsent(beside, _ -> new ArrayList<>())
                                            .add(ratio));
        }
        ratios.forEach(
                (beside, each) ->
                        out.printf(
                                Locale.ROOT,
                                "%-10s p50 %s, p99 %s of that alone: median (least to most) of %d rounds%n",
                                beside,
                                spread(each.stream().map(Ratio::p50).sorted().toList()),
                                spread(each.stream().map(Ratio::p99).sorted().toList()),
                                rounds));
    }

    private static String spread(List<Double> sorted) {
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f to %.2f)",
                sorted.get(sorted.size() / 2),
                sorted.getFirst(),
                sorted.getLast());
    }

    /** Turns beside something, as multiples of those of the neighbours that were alone. */
    private record Ratio(double p50, double p99) {
        static Ratio of(Figures before, Figures beside, Figures after) {
            return new Ratio(at(50, before, beside, after), at(99, before, beside, after));
        }

        private static double at(double percentile, Figures before, Figures beside, Figures after) {
            return beside.turnMillis(percentile)
                    / ((before.turnMillis(percentile) + after.turnMillis(percentile)) / 2);
        }
    }

    private Map<Beside, Ratio> round(String name) throws Exception {
        Map<Beside, Ratio> ratios = new EnumMap<>(Beside.class);
        Figures before = alone(name);
        for (Beside each : Beside.values()) {
            Figures beside = each == Beside.WAITING ? besideWaiting(name) : besideCalls(name, each);
            Figures after = alone(name);
            ratios.put(each, Ratio.of(before, beside, after));
            before = after;
        }
        return ratios;
    }

    private Figures alone(String name) throws InterruptedException {
        return measured(name + " alone");
    }

    private Figures besideWaiting(String name) throws Exception {
        LoadRun calls =
                LoadRun.answering(
                        engine.handsets(),
                        Beside.WAITING.talk(),
                        new Load(waiting, BEGUN_PER_SECOND, waiting, Duration.ofMinutes(4)));
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<?> all =
                    thread.submit(
                            () -> {
                                good(calls);
                                return null;
                            });
            while (stub.waiting() < waiting) {
                if (all.isDone()) {
                    all.get();
                    throw new IllegalStateException("the calls ended without an answer");
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
            Figures figures = measured(name + " beside " + waiting + " that wait");
            stub.answer();
            all.get();
            return figures;
        }
    }

    private Figures besideCalls(String name, Beside beside) throws Exception {
        LoadRun calls =
                LoadRun.answering(
                        engine.handsets(),
                        beside.talk(),
                        new Load(
                                (int) (load.dialogs() / load.rate() * CALLS_PER_SECOND),
                                CALLS_PER_SECOND,
                                100_000,
                                PATIENCE));
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<?> all =
                    thread.submit(
                            () -> {
                                good(calls);
                                return null;
                            });
            Figures figures = measured(name + " beside calls, " + beside);
            all.get();
            return figures;
        }
    }

    private Figures measured(String name) throws InterruptedException {
        long collections = collections();
        long cpu = BenchSide.ThisProcess.cpu().toNanos();
        LoadRun run = LoadRun.answering(engine.handsets(), plain(), load);
        Figures figures = good(run);
        out.printf(
                Locale.ROOT,
                "%-42s p50 %.3f, p99 %.3f, p99.9 %.3f, max %.1f ms; %.0f us of processor a dialog; %d collections%n",
                name,
                figures.turnMillis(50),
                figures.turnMillis(99),
                figures.turnMillis(99.9),
                figures.turnMillis(100),
                (BenchSide.ThisProcess.cpu().toNanos() - cpu) / 1e3 / load.dialogs(),
                collections() - collections);
        return figures;
    }

    /** Holds the dialogs, each of which must go as it should. */
    private static Figures good(LoadRun run) throws InterruptedException {
        Duration time = run.hold();
        LoadRun.Tally tally = run.tally();
        if (tally.failedSoFar() > 0) {
            throw new IllegalStateException(
                    tally.failedSoFar() + " dialogs failed: " + tally.failures());
        }
        return new Figures(
                tally.startedSoFar(),
                tally.finishedSoFar(),
                0,
                time,
                tally.turns(),
                Duration.ZERO,
                List.of());
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(it -> it.getName().endsWith("Cycles"))
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    /**
     * A service in a process of its own. At one port it reads requests and answers them when told
     * to; at the other it accepts nothing.
     */
    private static final class Stub implements AutoCloseable {
        private static final byte[] ANSWER =
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

        /** The end of a request without a body: an empty line. */
        private static final int END = 0x0d0a0d0a;

        private final Process process;
        private final BufferedReader said;
        private final PrintStream to;
        private final int slow;
        private final int swallows;

        Stub() throws IOException {
            process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    BesideCalls.class.getName(),
                                    "stub")
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            said =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8));
            to = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
            slow = Integer.parseInt(said.readLine());
            swallows = Integer.parseInt(said.readLine());
        }

        /** How many requests wait for their answer. */
        int waiting() throws IOException {
            to.println("waiting");
            return Integer.parseInt(said.readLine());
        }

        /** Answers all that wait. */
        void answer() {
            to.println("answer");
        }

        @Override
        public void close() {
            process.destroy();
        }

        private static volatile CountDownLatch gate = new CountDownLatch(1);

        static void serve() throws IOException {
            AtomicInteger waiting = new AtomicInteger();
            InetAddress here = InetAddress.getLoopbackAddress();
            try (ServerSocket slow = new ServerSocket(0, 10_000, here);
                    ServerSocket swallows = new ServerSocket(0, 1, here)) {
                fill((InetSocketAddress) swallows.getLocalSocketAddress());
                System.out.println(slow.getLocalPort());
                System.out.println(swallows.getLocalPort());
                Thread.ofPlatform().daemon().start(() -> obey(waiting));
                while (true) {
                    Socket peer = slow.accept();
                    Thread.startVirtualThread(() -> serve(peer, waiting));
                }
            }
        }

        /** Connections that nobody accepts: from now on the kernel drops what asks for one. */
        private static void fill(InetSocketAddress full) {
            for (int i = 0; i < 4; i++) {
                Socket idle = new Socket();
                try {
                    idle.connect(full, 200);
                } catch (IOException e) {
                    return; // it is full
                }
                KEPT.add(idle);
            }
        }

        private static final List<Socket> KEPT = new ArrayList<>();

        private static void obey(AtomicInteger waiting) {
            try (BufferedReader orders =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                    if (order.equals("waiting")) {
                        System.out.println(waiting.get());
                    } else {
                        CountDownLatch open = gate;
                        gate = new CountDownLatch(1);
                        open.countDown();
                    }
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void serve(Socket peer, AtomicInteger waiting) {
            try (peer) {
                peer.setTcpNoDelay(true);
                InputStream in = peer.getInputStream();
                byte[] part = new byte[1024];
                int last = 0;
                for (int count = in.read(part); count >= 0; count = in.read(part)) {
                    for (int i = 0; i < count; i++) {
                        last = last << 8 | part[i];
                        if (last == END) {
                            CountDownLatch closed = gate;
                            waiting.incrementAndGet();
                            closed.await();
                            waiting.decrementAndGet();
                            peer.getOutputStream().write(ANSWER);
                        }
                    }
                }
            } catch (IOException e) {
                // the other side has gone
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
