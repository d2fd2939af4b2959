package io.moondial.bench;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.NotRunningException;
import io.moondial.admin.client.AdminClient.RefusedException;
import io.moondial.bench.Plan.Load;
import io.moondial.bench.Talk.Shown;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.cli.RulesOption;
import io.moondial.logic.DialogObserver;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.event.Level;

/**
 * What a page of the console that is open costs: dialogs a second while one asks what <i>Now</i>
 * asks, as often as the page does, and follows the events of the status and of all dialogs, against
 * those while nobody looks. All in one process on the network in memory, so that the work of who
 * looks counts too. Each load with a page comes between two without.
 *
 * <p>{@code BesidePage [ROUNDS [DIALOGS]]}
 */
public final class BesidePage {
    private static final String RULES =
            """
            process:
              script_dir: scripts
              triggers:
                - {ussd_string: "*1#", script_key: plain}
            control: {socket: s}
            edr: {max_file_edrs: 65536}
            """;

    private static final String PLAIN =
            """
            local ussd = require "ussd"
            local choice = ussd.menu("1. Balance\\n2. Airtime")
            return choice == "1" and "Your balance is 12.50" or "Wrong choice"
            """;

    private static final int CONCURRENCY = 128;
    private static final int WARM_UP = 100_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NUMBERS =
            "dialogs_per_second,open,turn_p99_ms,failed_per_minute,outcomes_per_second";

    private final Engine engine;
    private final Path socket;
    private final Load load;

    private BesidePage(Engine engine, Path socket, Load load) {
        this.engine = engine;
        this.socket = socket;
        this.load = load;
    }

    /** Prints the ratios. */
    public static void main(String... arguments) throws Exception {
        RulesOption.logLevel(Level.ERROR);
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        int dialogs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 300_000;
        Path folder = Files.createTempDirectory("page");
        Files.writeString(
                Files.createDirectory(folder.resolve("scripts")).resolve("plain.lua"), PLAIN);
        Path rules = Files.writeString(folder.resolve("rules.yaml"), RULES);
        Configuration configuration =
                Configuration.read(rules).withEdrsIn(folder.resolve("edr")).inMemory();
        try (Engine engine = new Engine(configuration, DialogObserver.NOBODY)) {
            engine.start();
            engine.openAdmin(List.of());
            Load load = new Load(dialogs, 0, CONCURRENCY, PATIENCE);
            new BesidePage(engine, configuration.rules().control().socket(), load).run(rounds);
        }
    }

    private void run(int rounds) throws Exception {
        held(new Load(WARM_UP, 0, CONCURRENCY, PATIENCE));
        List<Double> ratios = new ArrayList<>();
        double before = held(load);
        for (int i = 1; i <= rounds; i++) {
            double beside;
            try (Page page = new Page(socket)) {
                page.awaitOpen();
                beside = held(load);
            }
            double after = held(load);
            ratios.add(beside / ((before + after) / 2));
            System.out.printf(
                    Locale.ROOT,
                    "round %d: %.0f dialogs a second beside a page, %.0f before and %.0f after it: %.3f%n",
                    i,
                    beside,
                    before,
                    after,
                    ratios.getLast());
            before = after;
        }
        List<Double> sorted = ratios.stream().sorted().toList();
        System.out.printf(
                Locale.ROOT,
                "dialogs a second beside a page: %.3f of those without (median of %d, %.3f to %.3f)%n",
                sorted.get(sorted.size() / 2),
                rounds,
                sorted.getFirst(),
                sorted.getLast());
    }

    /** Holds a load; dialogs a second. */
    private double held(Load of) throws Exception {
        LoadRun run = LoadRun.answering(engine.handsets(), talk(), of);
        Duration time = run.hold();
        if (run.tally().failedSoFar() > 0) {
            throw new IllegalStateException("dialogs failed: " + run.tally().failures());
        }
        return of.dialogs() / (time.toNanos() / 1e9);
    }

    private static Talk talk() throws Exception {
        return new Talk(
                new FarSide.Call(
                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                        UssdString.encode("*1#", Dcs.UNSPECIFIED),
                        null,
                        null,
                        null,
                        6),
                List.of(
                        new Shown("menu", "1. Balance\n2. Airtime"),
                        new Shown("respond", "Your balance is 12.50")),
                List.of("1"));
    }

    /** Asks and hears what a page does. */
    private static final class Page implements AutoCloseable {
        private final AdminClient client;
        private final CountDownLatch open = new CountDownLatch(2);
        private final Thread asks = Thread.ofPlatform().unstarted(this::ask);
        private final Thread hears = Thread.ofPlatform().unstarted(this::hear);

        Page(Path socket) {
            client = AdminClient.local(new AdminClient.Place(socket, "the benchmark's"));
            asks.start();
            hears.start();
        }

        void awaitOpen() throws InterruptedException {
            if (!open.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the page did not open");
            }
        }

        private void ask() {
            try {
                while (true) {
                    client.get("/v1/status").answer();
                    client.get("/v1/links").answer();
                    client.get("/v1/dialogs").with("limit", 50).answer();
                    client.get("/v1/series")
                            .with("names", NUMBERS)
                            .with("minutes", 60)
                            .with("step_seconds", 10)
                            .answer();
                    open.countDown();
                    TimeUnit.SECONDS.sleep(10);
                }
            } catch (NotRunningException | RefusedException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the page is closed
            }
        }

        private void hear() {
            try {
                client.get("/v1/events")
                        .with("topics", "status,dialogs")
                        .events(
                                (name, _) -> {
                                    open.countDown();
                                    return true;
                                });
            } catch (NotRunningException | RefusedException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the page is closed
            }
        }

        @Override
        public void close() throws InterruptedException {
            asks.interrupt();
            hears.interrupt();
            asks.join();
            hears.join();
            client.close();
        }
    }
}
