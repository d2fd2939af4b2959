package io.moondial;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.Address;
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
import io.moondial.logic.ServiceDesk;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.time.LeapingTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A code that one engine relays to another one, all of it over M3UA: handsets at point code 1, the
 * relaying engine at 2, and at 3 the engine whose menus are shown. The link between the engines can
 * be cut.
 */
class RelayOverLinksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Of both engines, for the node and for the subscriber. */
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private static final String RELAYING =
            """
            process:
              menu_timeout: 5m
              triggers:
                - {ussd_string_prefix: "*200", relay: {point_code: 3, ssn: 6}}
            dialogs: {stop_timeout: 1ms}
            network:
              sigtran:
                point_code: 2
                global_title: "27829000002"
                application_servers:
                  - name: subscribers
                    mode: asp
                    routing_context: 101
                    point_codes: [1]
                    associations: [{name: a1, transport: tcp, listen: "127.0.0.1:0"}]
                  - name: gateway
                    mode: asp
                    routing_context: 102
                    point_codes: [3]
                    associations: [{name: g1, transport: tcp, listen: "127.0.0.1:0"}]
                heartbeat: 0s
            """;

    private static final String GATEWAY =
            """
            process: {menu_timeout: 5m, triggers: [{script_key: main}]}
            http: {upstreams: {slow: {url: "http://127.0.0.1:SLOW/", timeout: 10m}}}
            dialogs: {stop_timeout: 1ms}
            network:
              sigtran:
                point_code: 3
                global_title: "27829000003"
                application_servers:
                  - name: relaying
                    mode: sgw
                    routing_context: 102
                    point_codes: [2]
                    associations: [{name: r1, transport: tcp, connect: "127.0.0.1:CABLE"}]
                reconnect_interval: 50ms
                heartbeat: 0s
            """;

    private static final String SCRIPT =
            """
            local code = (...).text
            if code == "*200*error#" then return ussd.decline(36) end
            if code == "*200*end#" then return ussd.close() end
            if code == "*200*abort#" then return ussd.abort() end
            local answer, why, code = ussd.menu("1. Balance")
            if answer == "error" then return ussd.decline(36) end
            if answer == "end" then return ussd.close() end
            if answer == "abort" then return ussd.abort() end
            if answer == "think" then http.get("slow", "/") end
            if not answer then return why .. " " .. tostring(code) end
            ussd.notify("Wait, " .. (...).msisdn)
            return "You said " .. answer
            """;

    @TempDir Path folder;
    private final LeapingTime time = new LeapingTime();
    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable Engine relaying;
    private @Nullable Engine gateway;
    private @Nullable Cable cable;
    private @Nullable SigtranHandsets network;

    /** Takes what the far script asks, and says nothing. */
    private final ServerSocket slow;

    RelayOverLinksTest() throws IOException {
        slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @BeforeEach
    void start() throws Exception {
        Engine near = engine("relaying", RELAYING);
        relaying = near;
        Cable between = new Cable(port(near, "g1"));
        cable = between;
        open.addFirst(between);
        open.addLast(slow);
        gateway =
                engine(
                        "gateway",
                        GATEWAY.replace("SLOW", "" + slow.getLocalPort())
                                .replace("CABLE", "" + between.port()));
        network =
                new SigtranHandsets(
                        1,
                        2,
                        new SigtranHandsets.Far(2, null, List.of(6)),
                        SigtranHandsets.link(
                                Mode.SGW,
                                101,
                                2,
                                Association.connecting(
                                        "h1", new HostPort("127.0.0.1", port(near, "a1")))),
                        SignallingLimits.of(100));
        open.addFirst(network);
        network.start();
        network.awaitReady(PATIENCE);
        awaitLink("active");
        assertThat(alarms()).isZero();
    }

    private Engine engine(String name, String rules) throws Exception {
        Path home = folder.resolve(name);
        Files.createDirectories(home.resolve("scripts"));
        if (rules.contains("script_key: main")) {
            Files.writeString(home.resolve("scripts/main.lua"), SCRIPT);
        }
        Files.writeString(home.resolve("rules.yaml"), rules);
        Engine engine =
                new Engine(
                        Configuration.read(home.resolve("rules.yaml")),
                        DialogObserver.NOBODY,
                        time);
        open.addFirst(engine);
        engine.start();
        return engine;
    }

    private static int port(Engine engine, String association) {
        String address =
                engine.links().stream()
                        .filter(it -> it.association().equals(association))
                        .findFirst()
                        .orElseThrow()
                        .address();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    /** Waits until the link between the engines is so, as the relaying one sees it. */
    private void awaitLink(String state) {
        await().atMost(PATIENCE)
                .until(
                        () ->
                                near().links().stream()
                                        .filter(it -> it.association().equals("g1"))
                                        .allMatch(it -> it.applicationServerState().equals(state)));
    }

    private Engine near() {
        return requireNonNull(relaying);
    }

    private Engine far() {
        return requireNonNull(gateway);
    }

    /** Those that dialogs have set: not the ticks of the engines, nor what is rotated by time. */
    private long alarms() {
        return time.due(Duration.ofMinutes(4), TIMEOUT.plusSeconds(1));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable it : open) {
            it.close();
        }
    }

    /** Nothing of any dialog is left: not at a desk, in a stack, nor an alarm. */
    private void nothingIsLeft() {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            for (Engine engine : List.of(near(), far())) {
                                assertThat(engine.openDialogs()).isZero();
                                assertThat(engine.stackDialogs()).isZero();
                            }
                            assertThat(alarms()).isZero();
                        });
        assertThat(near().counters().sum(ServiceDesk.FAR_ENDED))
                .isEqualTo(near().counters().value(ServiceDesk.FAR_BEGUN));
    }

    private record Dialling(Handset handset, BlockingQueue<Screen> screens) {
        Screen next() throws InterruptedException {
            return requireNonNull(
                    screens.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "no screen came");
        }
    }

    private Dialling dial(String code) throws Exception {
        BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
        return new Dialling(
                Handset.begin(
                        requireNonNull(network),
                        new FarSide.Call(
                                Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                UssdString.encode(code, Dcs.UNSPECIFIED),
                                Address.international("27761485722"),
                                null,
                                null,
                                6),
                        screens::add),
                screens);
    }

    private Screen.Menu menu(Dialling dialling) throws Exception {
        Screen.Menu menu = (Screen.Menu) dialling.next();
        assertThat(menu.text()).isEqualTo("1. Balance");
        return menu;
    }

    /**
     * The records of an engine, once nothing is left of any dialog: without time and instance id,
     * those of the beginnings without addresses.
     */
    private List<String> records(Engine engine) throws Exception {
        nothingIsLeft();
        engine.stop();
        List<String> records = new ArrayList<>();
        Path home = requireNonNull(engine.status().rules().getParent());
        try (Stream<Path> files = Files.list(home.resolve("edr"))) {
            for (Path file : files.toList()) {
                Files.readAllLines(file).stream()
                        .filter(it -> !it.startsWith("#"))
                        .map(it -> it.substring(it.indexOf('>') + 1))
                        .map(it -> it.replaceAll("\\|LTID=[0-9a-f]+", ""))
                        .map(it -> it.replaceAll("(USSD-PROCESS\\|DIRECTION=\\w+).*", "$1"))
                        .forEach(records::add);
            }
        }
        return records;
    }

    /** What the relaying engine writes of one dialog up to the answer of its menu. */
    private static List<String> menuAnd(String... after) {
        return Stream.concat(
                        Stream.of(
                                "USSD-PROCESS|DIRECTION=in",
                                "USSD-PROCESS|DIRECTION=out",
                                "USSD-REQUEST|DIRECTION=out|TEXT=1. Balance"),
                        Stream.of(after))
                .toList();
    }

    @Test
    void a_menu_a_notify_and_the_last_text() throws Exception {
        Dialling dialling = dial("*200#");
        dialling.handset().answer(menu(dialling), "7");
        Screen.Notify wait = (Screen.Notify) dialling.next();
        assertThat(wait.text()).isEqualTo("Wait, 27761485722");
        dialling.handset().acknowledge(wait);
        assertThat(dialling.next()).isEqualTo(new Screen.Respond("You said 7"));
        String[] both = {
            "USSD-REQUEST-R|CONTROLLED=1|REASON=Input|TEXT=7",
            "USSD-NOTIFY|DIRECTION=out|TEXT=Wait%2C 27761485722",
            "USSD-NOTIFY-R|CONTROLLED=1",
            "USSD-PROCESS-R|TEXT=You said 7"
        };
        assertThat(records(near()))
                .isEqualTo(
                        menuAnd(
                                both[0],
                                both[1],
                                both[2],
                                "USSD-PROCESS-R|DIRECTION=in|TEXT=You said 7",
                                both[3]));
        assertThat(records(far())).endsWith(both);
    }

    @ParameterizedTest
    @CsvSource({
        "error, USSD-PROCESS-E|DIRECTION=in|ERROR_CODE=36, USSD-PROCESS-E|ERROR_CODE=36",
        "end, USSD-END|DIRECTION=in, USSD-END|DIRECTION=out",
        "abort, USSD-ABORT|DIRECTION=in|REASON=abort, USSD-ABORT|DIRECTION=out"
    })
    void an_error_an_end_and_an_abort_of_the_far_engine(String how, String far, String near)
            throws Exception {
        for (Dialling dialling : List.of(dial("*200*" + how + "#"), dial("*200#"))) {
            Screen screen = dialling.next();
            if (screen instanceof Screen.Menu menu) {
                dialling.handset().answer(menu, how);
                screen = dialling.next();
            }
            switch (how) {
                case "error" -> assertThat(screen).isEqualTo(new Screen.Decline(36));
                case "end" -> assertThat(screen).isEqualTo(new Screen.Close());
                default -> assertThat(screen).isInstanceOf(Screen.Abort.class);
            }
        }
        assertThat(records(near()))
                .containsOnlyOnce("USSD-REQUEST-R|CONTROLLED=1|REASON=Input|TEXT=" + how)
                .filteredOn(it -> it.equals(far) || it.equals(near))
                .hasSize(4);
        assertThat(records(far())).filteredOn(near::equals).hasSize(2);
    }

    @Test
    void an_error_of_the_subscriber_is_one_for_the_far_engine() throws Exception {
        Dialling dialling = dial("*200#");
        dialling.handset().reject(menu(dialling).invokeId(), 72);
        assertThat(dialling.next()).isEqualTo(new Screen.Respond("error 72"));
        assertThat(records(far())).contains("USSD-REQUEST-E|CONTROLLED=1|ERROR_CODE=72");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_subscriber_who_leaves_is_gone_for_the_far_engine_too(boolean aborts) throws Exception {
        Dialling dialling = dial("*200#");
        menu(dialling);
        if (aborts) {
            dialling.handset().abandon();
        } else {
            dialling.handset().release();
        }
        assertThat(records(near()))
                .isEqualTo(
                        menuAnd(
                                aborts ? "USSD-ABORT|DIRECTION=in" : "USSD-END|DIRECTION=in",
                                "USSD-REQUEST-R|REASON=Abandon",
                                "USSD-ABORT|DIRECTION=out|REASON=script"));
        assertThat(records(far()))
                .endsWith("USSD-ABORT|DIRECTION=in", "USSD-REQUEST-R|REASON=Abandon");
    }

    // ---- the link between them is lost

    private void cut() throws IOException {
        requireNonNull(cable).cut();
        awaitLink("down");
    }

    private void mend() {
        requireNonNull(cable).mend();
        awaitLink("active");
    }

    /** Lets the time of everything run out that waits for the subscriber or for the node. */
    private void leap(int waits) {
        await().atMost(PATIENCE).until(() -> alarms() == waits);
        time.leap(TIMEOUT.plusSeconds(1));
    }

    @Test
    void an_answer_that_no_link_takes_is_a_failure_for_the_subscriber() throws Exception {
        Dialling dialling = dial("*200#");
        Screen.Menu menu = menu(dialling);
        cut();
        dialling.handset().answer(menu, "7");
        assertThat(dialling.next()).isEqualTo(new Screen.Decline(34));
        leap(1); // of the menu of the far engine
        assertThat(records(near()))
                .isEqualTo(
                        menuAnd(
                                "USSD-REQUEST-R|CONTROLLED=1|REASON=Input|TEXT=7",
                                "USSD-ABORT|DIRECTION=in|REASON=unreachable",
                                "USSD-PROCESS-E|ERROR_CODE=34"));
        assertThat(near().counters().value("calls.ussd.relay.unreachable")).isOne();
        assertThat(near().counters().value("far.ended.unreachable")).isOne();
    }

    @Test
    void a_word_of_the_far_engine_that_no_link_takes_is_missed() throws Exception {
        Dialling dialling = dial("*200#");
        dialling.handset().answer(menu(dialling), "think");
        try (Socket thinking = slow.accept()) {
            cut();
            thinking.getOutputStream().write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(US_ASCII));
        }
        // its notify was not taken either: both wait
        leap(2);
        assertThat(dialling.next()).isEqualTo(new Screen.Decline(34));
        assertThat(records(near()))
                .isEqualTo(
                        menuAnd(
                                "USSD-REQUEST-R|CONTROLLED=1|REASON=Input|TEXT=think",
                                "USSD-ABORT|DIRECTION=out|REASON=timeout",
                                "USSD-PROCESS-E|ERROR_CODE=34"));
        assertThat(near().counters().value("calls.ussd.relay.timeout")).isOne();
    }

    @Test
    void a_subscriber_who_gives_up_leaves_nothing_here() throws Exception {
        Dialling dialling = dial("*200#");
        menu(dialling);
        cut();
        dialling.handset().abandon();
        leap(1); // of the far engine, which nobody could tell
        assertThat(records(near()))
                .isEqualTo(
                        menuAnd(
                                "USSD-ABORT|DIRECTION=in",
                                "USSD-REQUEST-R|REASON=Abandon",
                                "USSD-ABORT|DIRECTION=out|REASON=script"));
        assertThat(records(far())).contains("USSD-REQUEST-R|REASON=Timeout");
    }

    @Test
    void a_subscriber_who_says_nothing_leaves_nothing_either() throws Exception {
        Dialling dialling = dial("*200#");
        menu(dialling);
        cut();
        leap(2);
        assertThat(dialling.next()).isInstanceOf(Screen.Abort.class);
        assertThat(records(near()))
                .isEqualTo(
                        menuAnd(
                                "USSD-REQUEST-R|REASON=Timeout",
                                "USSD-ABORT|DIRECTION=out|REASON=script",
                                "USSD-ABORT|DIRECTION=out"));
    }

    @Test
    void a_link_that_is_back_before_the_answer_was_not_missed() throws Exception {
        Dialling dialling = dial("*200#");
        Screen.Menu menu = menu(dialling);
        cut();
        mend();
        dialling.handset().answer(menu, "7");
        dialling.handset().acknowledge((Screen.Notify) dialling.next());
        assertThat(dialling.next()).isEqualTo(new Screen.Respond("You said 7"));
        nothingIsLeft();
    }

    @Test
    void nobody_is_reached_while_there_is_no_link_and_somebody_is_once_it_is_back()
            throws Exception {
        cut();
        assertThat(dial("*200#").next()).isEqualTo(new Screen.Decline(34));
        nothingIsLeft();
        mend();
        assertThat(dial("*200*error#").next()).isEqualTo(new Screen.Decline(36));
        assertThat(records(near()))
                .containsExactly(
                        "USSD-PROCESS|DIRECTION=in",
                        "USSD-PROCESS|DIRECTION=out",
                        "USSD-ABORT|DIRECTION=in|REASON=unreachable",
                        "USSD-PROCESS-E|ERROR_CODE=34",
                        "USSD-PROCESS|DIRECTION=in",
                        "USSD-PROCESS|DIRECTION=out",
                        "USSD-PROCESS-E|DIRECTION=in|ERROR_CODE=36",
                        "USSD-PROCESS-E|ERROR_CODE=36");
    }
}
