package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.sigtran.SigtranHandsets;
import io.moondial.channel.sigtran.SigtranSettings.Association;
import io.moondial.channel.sigtran.SigtranSettings.Mode;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.config.HostPort;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.logic.DialogObserver;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.time.LeapingTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole engine whose link goes down and comes back while dialogs run. */
class LinkDownTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int MENUS = 1_000;

    /** Of the scripts' menus. */
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    @TempDir Path folder;
    private final LeapingTime time = new LeapingTime();
    private final List<AutoCloseable> open = new ArrayList<>();

    private record Dialling(Handset handset, BlockingQueue<Screen> screens) {
        Screen next() throws InterruptedException {
            return Objects.requireNonNull(
                    screens.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "no screen came");
        }

        Screen.Menu menu() throws InterruptedException {
            Screen screen = next();
            assertThat(screen).isInstanceOf(Screen.Menu.class);
            return (Screen.Menu) screen;
        }
    }

    private Engine engine(String lua) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), lua);
        Files.writeString(
                folder.resolve("rules.yaml"),
                """
                process: {triggers: [{script_key: main}]}
                network:
                  sigtran:
                    point_code: 2
                    global_title: "27829000000"
                    application_servers:
                      - name: stp
                        mode: asp
                        routing_context: 101
                        point_codes: [1]
                        associations: [{name: a1, transport: tcp, listen: "127.0.0.1:0"}]
                """);
        Engine engine =
                new Engine(
                        Configuration.read(folder.resolve("rules.yaml")),
                        DialogObserver.NOBODY,
                        time);
        open.addFirst(engine);
        engine.start();
        return engine;
    }

    private static int port(Engine engine) {
        String address = engine.links().getFirst().address();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private SigtranHandsets handsets(int port) throws Exception {
        SigtranHandsets handsets =
                new SigtranHandsets(
                        1,
                        2,
                        new SigtranHandsets.Far(2, null, List.of(6)),
                        SigtranHandsets.link(
                                Mode.SGW,
                                101,
                                2,
                                Association.connecting("h1", new HostPort("127.0.0.1", port))),
                        SignallingLimits.of(10_000));
        open.addFirst(handsets);
        handsets.start();
        handsets.awaitReady(PATIENCE);
        return handsets;
    }

    private static Dialling dial(SigtranHandsets handsets) throws Exception {
        FarSide.Call call =
                new FarSide.Call(
                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                        UssdString.encode("*100#", Dcs.UNSPECIFIED),
                        null,
                        null,
                        null,
                        6);
        BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
        return new Dialling(Handset.begin(handsets, call, screens::add), screens);
    }

    private static void awaitServer(Engine engine, String state) {
        await().atMost(PATIENCE)
                .until(() -> engine.links().getFirst().applicationServerState().equals(state));
    }

    /** Lets the time of so many menus run out, once each of them waits. */
    private void leapTheTimeout(int menus) {
        await().atMost(PATIENCE)
                .until(() -> time.due(Duration.ofMinutes(1), TIMEOUT.plusSeconds(1)) == menus);
        time.leap(TIMEOUT.plusSeconds(1));
    }

    private long records(String words) throws IOException {
        long count = 0;
        try (Stream<Path> files = Files.list(folder.resolve("edr"))) {
            for (Path file : files.toList()) {
                try (Stream<String> lines = Files.lines(file)) {
                    count += lines.filter(line -> line.contains(words)).count();
                }
            }
        }
        return count;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable it : open) {
            it.close();
        }
    }

    @Test
    void a_thousand_menus_that_wait_go_on_once_the_link_is_back() throws Exception {
        Engine engine = engine("return 'You said ' .. ussd.menu('Well?', {timeout = '5m'})");
        Cable cable = new Cable(port(engine));
        open.addFirst(cable);
        SigtranHandsets handsets = handsets(cable.port());
        List<Dialling> diallings = new ArrayList<>();
        List<Screen.Menu> menus = new ArrayList<>();
        for (int i = 0; i < MENUS; i++) {
            diallings.add(dial(handsets));
        }
        for (Dialling dialling : diallings) {
            menus.add(dialling.menu());
        }
        cable.cut();
        awaitServer(engine, "down");
        assertThat(engine.openDialogs()).isEqualTo(MENUS);
        cable.mend();
        handsets.awaitReady(PATIENCE);
        awaitServer(engine, "active");
        for (int i = 0; i < MENUS; i++) {
            diallings.get(i).handset().answer(menus.get(i), "yes");
        }
        for (Dialling dialling : diallings) {
            assertThat(dialling.next()).isEqualTo(new Screen.Respond("You said yes"));
        }
        engine.stop();
        assertThat(records(">USSD-PROCESS|")).isEqualTo(MENUS);
        assertThat(records(">USSD-REQUEST-R|CONTROLLED=1|REASON=Input|TEXT=yes")).isEqualTo(MENUS);
        assertThat(records(">USSD-PROCESS-R|TEXT=You said yes")).isEqualTo(MENUS);
        assertThat(records(">USSD-SHUTDOWN")).isZero();
    }

    @Test
    void a_thousand_menus_whose_time_runs_out_while_the_link_is_down_end_as_they_should()
            throws Exception {
        Engine engine =
                engine("local a, why = ussd.menu('Well?', {timeout = '5m'})\nreturn a or why");
        Cable cable = new Cable(port(engine));
        open.addFirst(cable);
        SigtranHandsets handsets = handsets(cable.port());
        List<Dialling> diallings = new ArrayList<>();
        for (int i = 0; i < MENUS; i++) {
            diallings.add(dial(handsets));
        }
        for (Dialling dialling : diallings) {
            dialling.menu();
        }
        cable.cut();
        awaitServer(engine, "down");
        leapTheTimeout(MENUS);
        await().atMost(PATIENCE).until(() -> engine.openDialogs() == 0);
        await().atMost(PATIENCE).until(() -> engine.stackDialogs() == 0);
        cable.mend();
        handsets.awaitReady(PATIENCE);
        awaitServer(engine, "active");
        assertThat(dial(handsets).next()).isEqualTo(new Screen.Menu(1, "Well?"));
        engine.close();
        assertThat(records("REASON=Timeout")).isEqualTo(MENUS);
        // The last words went nowhere, and are not told as sent.
        assertThat(records(">USSD-PROCESS-R")).isZero();
        assertThat(records(">USSD-ABORT|DIRECTION=in")).isEqualTo(MENUS);
        assertThat(records(">USSD-SHUTDOWN")).isEqualTo(1); // the last one, at the stop
        assertThat(engine.counters().value("dialogs.undelivered")).isGreaterThanOrEqualTo(MENUS);
    }

    @Test
    void a_peer_that_is_killed_and_comes_back_is_served_and_its_dialogs_time_out()
            throws Exception {
        Engine engine =
                engine("local a, why = ussd.menu('Well?', {timeout = '5m'})\nreturn a or why");
        Dialling lost;
        try (SigtranHandsets first = handsets(port(engine))) {
            lost = dial(first);
            lost.menu();
            lost.handset().vanish();
        }
        try (SigtranHandsets again = handsets(port(engine))) {
            Dialling next = dial(again);
            next.handset().answer(next.menu(), "here");
            assertThat(next.next()).isEqualTo(new Screen.Respond("here"));
        }
        await().atMost(PATIENCE).until(() -> engine.openDialogs() == 1);
        leapTheTimeout(1);
        await().atMost(PATIENCE).until(() -> engine.openDialogs() == 0);
        engine.stop();
        assertThat(records("REASON=Timeout")).isEqualTo(1);
        assertThat(records("REASON=Input")).isEqualTo(1);
    }
}
