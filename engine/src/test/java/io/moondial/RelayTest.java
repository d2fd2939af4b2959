package io.moondial;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.Address;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageDesk.Begin;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.logic.ServiceDesk;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A code that one engine relays to another one. Each has a network of its own; what the first one
 * sends to its node is passed on, message by message, to the second one.
 */
class RelayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String RELAYING =
            """
            process:
              menu_timeout: PATIENCE
              triggers:
                - {ussd_string_prefix: "*200", relay: {point_code: 1, ssn: 8}}
            """;

    @TempDir Path folder;
    private final BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
    private final BlockingQueue<UssdString> strings = new LinkedBlockingQueue<>();
    private final BlockingQueue<Message> passed = new LinkedBlockingQueue<>();
    private @Nullable Engine gateway;
    private @Nullable Engine relaying;

    private static Engine engine(Path folder, String rules, @Nullable String lua) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        if (lua != null) {
            Files.writeString(folder.resolve("scripts/main.lua"), lua);
        }
        Path file = folder.resolve("rules.yaml");
        Files.writeString(
                file,
                rules
                        + "dialogs: {stop_timeout: 1ms}\nedr: {directory: \""
                        + folder.resolve("edr")
                        + "\"}\n");
        Engine engine = new Engine(Configuration.read(file));
        engine.start();
        return engine;
    }

    private void start(String lua, String patience) throws Exception {
        Engine far =
                engine(
                        folder.resolve("gateway"),
                        "process: {menu_timeout: 30s, triggers: [{script_key: main}]}\n",
                        lua);
        gateway = far;
        Engine near =
                engine(folder.resolve("relaying"), RELAYING.replace("PATIENCE", patience), null);
        relaying = near;
        near.handsets().receiveAsNode((begin, link) -> passOn(begin, link, far.handsets()));
    }

    /** Both sides call what began the dialog invoke 1. */
    private MessageLink.Receiver passOn(Begin begin, MessageLink link, FarSide gateway) {
        MessageLink beyond =
                gateway.begin(
                        new FarSide.Call(
                                begin.operation(),
                                begin.opening().ussd(),
                                begin.opening().msisdn(),
                                begin.opening().destination(),
                                begin.opening().origination(),
                                6),
                        message -> send(link, message));
        return message -> {
            passed.add(message);
            send(beyond, message);
        };
    }

    private static void send(MessageLink link, Message message) {
        try {
            link.send(message);
        } catch (DialogGoneException e) {
            // the other side has ended it meanwhile
        }
    }

    @AfterEach
    void nothingIsLeft() {
        Engine near = requireNonNull(relaying);
        try {
            for (Engine engine : List.of(near, requireNonNull(gateway))) {
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> {
                                    assertThat(engine.openDialogs()).isZero();
                                    assertThat(engine.stackDialogs()).isZero();
                                });
            }
            assertThat(near.counters().sum(ServiceDesk.FAR_ENDED))
                    .isEqualTo(near.counters().value(ServiceDesk.FAR_BEGUN));
        } finally {
            near.close();
            requireNonNull(gateway).close();
        }
    }

    private Handset dial(UssdString code) {
        return Handset.begin(
                requireNonNull(relaying).handsets(),
                new FarSide.Call(
                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                        code,
                        Address.international("27761485722"),
                        new Address("655010000000001", 1, Address.LAND_MOBILE),
                        Address.international("27829000001"),
                        6),
                (screen, received) -> {
                    screens.add(screen);
                    if (received != null) {
                        strings.add(received);
                    }
                });
    }

    private Handset dial() throws Exception {
        return dial(UssdString.encode("*200#", Dcs.UNSPECIFIED));
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        return requireNonNull(queue.poll(60, TimeUnit.SECONDS), "nothing came");
    }

    @Test
    void what_relays_is_in_service_since_the_start_and_named_by_the_rules() throws Exception {
        start("return 'x'", "30s");
        Engine near = requireNonNull(relaying);
        near.keepLastGood(new LastGood(near.rules().file(), folder.resolve("state")));
        assertThat(near.scripts().all())
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.file()).isEqualTo(near.rules().file());
                            assertThat(it.since()).isEqualTo(near.status().started());
                        });
    }

    @Test
    void every_screen_and_every_answer_goes_through() throws Exception {
        start(
                """
                local r = ...
                assert(r.text == "*200#" and r.msisdn == "27761485722")
                assert(r.imsi == "655010000000001" and r.origination == "27829000001")
                local a = ussd.menu("1. Balance")
                local _, why, code = ussd.menu("Привет", {dcs = 72})
                ussd.notify("Wait " .. a .. " " .. why .. " " .. code, {dcs = 1})
                return "Bye €"
                """,
                "30s");
        Handset handset = dial();
        handset.answer((Screen.Menu) next(screens), "7");
        assertThat(next(strings)).isEqualTo(UssdString.encode("1. Balance", Dcs.UNSPECIFIED));
        handset.reject(((Screen.Menu) next(screens)).invokeId(), 72);
        assertThat(next(strings)).isEqualTo(UssdString.encode("Привет", Dcs.UCS2));
        handset.acknowledge((Screen.Notify) next(screens));
        assertThat(next(strings)).isEqualTo(UssdString.encode("Wait 7 error 72", new Dcs(1)));
        assertThat(next(screens)).isEqualTo(new Screen.Respond("Bye €"));
        assertThat(requireNonNull(relaying).counters().value("calls.ussd.relay.menu")).isEqualTo(2);
        assertThat(requireNonNull(relaying).status().scripts())
                .extracting(it -> it.key())
                .containsExactly("ussd.relay");
    }

    @Test
    void what_is_dialled_goes_on_in_its_octets() throws Exception {
        start("return 'ok'", "30s");
        UssdString code = UssdString.afterLanguage("sw", "*200#", new Dcs(16));
        List<UssdString> asked = new ArrayList<>();
        Engine near = requireNonNull(relaying);
        near.handsets()
                .receiveAsNode(
                        (begin, link) -> {
                            asked.add(begin.opening().ussd());
                            send(link, new Message.Abort("enough"));
                            return message -> {};
                        });
        dial(code);
        assertThat(next(screens)).isInstanceOf(Screen.Abort.class);
        assertThat(asked).containsExactly(code);
    }

    @Test
    void an_error_an_end_and_an_abort_of_the_node_are_those_of_the_dialog() throws Exception {
        start(
                """
                local r = ...
                if r.text == "*200*1#" then ussd.menu("?") end
                if r.text == "*200*2#" then return ussd.close() end
                if r.text == "*200*3#" then return ussd.abort() end
                ussd.decline(36)
                """,
                "30s");
        dial();
        assertThat(next(screens)).isEqualTo(new Screen.Decline(36));
        dial(UssdString.encode("*200*2#", Dcs.UNSPECIFIED));
        assertThat(next(screens)).isEqualTo(new Screen.Close());
        dial(UssdString.encode("*200*3#", Dcs.UNSPECIFIED));
        assertThat(next(screens)).isInstanceOf(Screen.Abort.class);
        Handset handset = dial(UssdString.encode("*200*1#", Dcs.UNSPECIFIED));
        handset.answer((Screen.Menu) next(screens), "1");
        assertThat(next(screens)).isEqualTo(new Screen.Decline(36));
        assertThat(requireNonNull(relaying).counters().value("far.ended.error")).isEqualTo(2);
    }

    @Test
    void a_node_that_does_not_wait_for_the_subscriber_ends_his_dialog() throws Exception {
        start("ussd.menu('?', {timeout = '100ms'}) return ussd.abort()", "10m");
        dial();
        assertThat(next(screens)).isInstanceOf(Screen.Menu.class);
        assertThat(next(screens)).isInstanceOf(Screen.Abort.class);
        assertThat(requireNonNull(relaying).counters().value("far.ended.abort")).isOne();
    }

    @Test
    void a_subscriber_who_says_nothing_ends_the_dialog_of_the_node() throws Exception {
        start("ussd.menu('?', {timeout = '10m'})", "5s"); // in which the node has to answer, too
        dial();
        assertThat(next(screens)).isInstanceOf(Screen.Menu.class);
        assertThat(next(screens)).isInstanceOf(Screen.Abort.class);
        assertThat(next(passed)).isInstanceOf(Message.Abort.class);
        assertThat(requireNonNull(relaying).counters().value("far.ended.script")).isOne();
    }

    @Test
    void a_subscriber_who_gives_up() throws Exception {
        start("ussd.menu('?')", "30s");
        Handset handset = dial();
        next(screens);
        handset.abandon();
        assertThat(next(passed)).isInstanceOf(Message.Abort.class);
    }

    private static Message menu(UssdString text) {
        return new Message.Continue(
                List.of(new Message.Component.Invoke(1, Operation.UNSTRUCTURED_SS_REQUEST, text)));
    }

    @Test
    void a_node_that_shows_a_screen_without_a_text() throws Exception {
        start("return 'never'", "30s");
        Engine near = requireNonNull(relaying);
        for (UssdString empty :
                List.of(
                        new UssdString(Dcs.UNSPECIFIED, new byte[0]),
                        new UssdString(new Dcs(17), new byte[] {'s', 'w'}))) {
            near.handsets()
                    .receiveAsNode(
                            (begin, link) -> {
                                send(link, menu(empty));
                                return passed::add;
                            });
            dial();
            assertThat(next(screens)).isInstanceOf(Screen.Abort.class);
            assertThat(next(passed)).isInstanceOf(Message.Abort.class);
        }
        assertThat(near.counters().value("scripts.errors")).isZero();
        assertThat(near.counters().sum(ServiceDesk.FAR_ENDED)).isEqualTo(2);
    }

    @Test
    void subscribers_who_give_up_while_the_node_thinks_switch_nothing_off() throws Exception {
        start("return 'Bye'", "30s");
        Engine near = requireNonNull(relaying);
        BlockingQueue<MessageLink> nodes = new LinkedBlockingQueue<>();
        near.handsets()
                .receiveAsNode(
                        (begin, link) -> {
                            nodes.add(link);
                            return passed::add;
                        });
        for (int i = 0; i < 20; i++) {
            Handset handset = dial();
            send(next(nodes), menu(UssdString.encode("PIN?", Dcs.UNSPECIFIED)));
            handset.answer((Screen.Menu) next(screens), "1234");
            assertThat(next(passed)).isInstanceOf(Message.Continue.class);
            handset.abandon();
            assertThat(next(passed)).isInstanceOf(Message.Abort.class);
        }
        await().atMost(PATIENCE).until(() -> near.openDialogs() == 0);
        assertThat(near.counters().value("scripts.killed")).isZero();
        assertThat(near.counters().value("scripts.errors")).isZero();
        assertThat(near.counters().value("calls.ussd.relay.abandon")).isEqualTo(20);
        assertThat(near.counters().value("far.ended.script")).isEqualTo(20);

        near.handsets()
                .receiveAsNode(
                        (begin, link) -> passOn(begin, link, requireNonNull(gateway).handsets()));
        dial();
        assertThat(next(screens)).isEqualTo(new Screen.Respond("Bye"));
    }

    @Test
    void a_node_that_is_silent() throws Exception {
        start("return 'never'", "100ms");
        Engine near = requireNonNull(relaying);
        near.handsets().receiveAsNode((begin, link) -> message -> {});
        dial();
        assertThat(next(screens)).isEqualTo(new Screen.Decline(34));
        assertThat(near.counters().value("far.ended.timeout")).isOne();
    }

    @Test
    void a_node_that_takes_no_such_dialog() throws Exception {
        start("return 'never'", "30s");
        Engine near = requireNonNull(relaying);
        near.handsets().receiveAsNode(null);
        dial();
        assertThat(next(screens)).isEqualTo(new Screen.Decline(34));
        assertThat(near.counters().value("far.ended.refused")).isOne();
    }

    @Test
    void the_engine_stops_in_the_middle() throws Exception {
        start("ussd.menu('?')", "30s");
        dial();
        next(screens);
        assertThat(requireNonNull(relaying).stop().isWhole()).isTrue();
    }
}
