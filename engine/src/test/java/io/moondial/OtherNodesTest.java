package io.moondial;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.channel.Address;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageDesk.Begin;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.dialog.Incoming.Aborted.Cause;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Scripts of a whole engine that open dialogs with another node, whatever that one does. */
class OtherNodesTest {
    static final String RULES =
            """
            process: {menu_timeout: %s, triggers: [{script_key: main}]}
            ussd:
              nodes: {old: {point_code: 1, ssn: 8}, nowhere: {point_code: 9, ssn: 8}}
              max_open: 1
            edr: {directory: edr}
            dialogs: {stop_timeout: 100ms}
            """;

    /** Tells what it gets in its final text. */
    private static final String TELLING =
            """
            local request = ...
            local far, why, detail = ussd.open{to = "old", text = request.text, timeout = %s}
            if not far then return why .. ": " .. tostring(detail) end
            local told = far.kind .. " " .. far.text
            if not far.open then return told end
            local answer = ussd.menu(told)
            local ok, why, detail = far:answer(answer)
            if not ok then return why .. ": " .. tostring(detail) end
            return far.kind .. " " .. far.text
            """;

    private static final long PATIENCE = 20;

    @TempDir Path folder;
    private final BlockingQueue<Begin> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<MessageLink> nodes = new LinkedBlockingQueue<>();
    private final BlockingQueue<Message> said = new LinkedBlockingQueue<>();
    private final BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
    private @Nullable Engine running;

    private void start(String lua, String menuTimeout) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), lua);
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(
                rules,
                RULES.formatted(menuTimeout)
                        .replace("directory: edr", "directory: " + folder.resolve("edr")));
        Engine engine = new Engine(Configuration.read(rules));
        running = engine;
        engine.start();
        engine.handsets()
                .receiveAsNode(
                        (begin, link) -> {
                            asked.add(begin);
                            nodes.add(link);
                            return said::add;
                        });
    }

    @AfterEach
    void nothingIsLeft() {
        Engine engine = running;
        if (engine == null) {
            return;
        }
        try {
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> {
                                assertThat(engine.openDialogs()).isZero();
                                assertThat(engine.stackDialogs()).isZero();
                                assertThat(engine.handsets().openHandsetDialogs()).isZero();
                            });
            assertThat(engine.counters().sum(ServiceDesk.FAR_ENDED))
                    .isEqualTo(engine.counters().value(ServiceDesk.FAR_BEGUN));
            assertThat(
                            engine.status().outside().stream()
                                    .filter(it -> it.called().equals("ussd.nodes"))
                                    .map(it -> it.value()))
                    .containsExactly(0L);
        } finally {
            engine.close();
        }
    }

    private Engine engine() {
        return requireNonNull(running);
    }

    private Handset dial(String code) throws Exception {
        return Handset.begin(
                engine().handsets(),
                new FarSide.Call(
                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                        UssdString.encode(code, Dcs.UNSPECIFIED),
                        Address.international("27761485722"),
                        new Address("655010000000001", 1, Address.LAND_MOBILE),
                        Address.international("27829000001"),
                        6),
                screens::add);
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        return requireNonNull(queue.poll(PATIENCE, TimeUnit.SECONDS), "nothing came");
    }

    private static Message shows(int operation, String text) throws Exception {
        return new Message.Continue(
                List.of(
                        new Component.Invoke(
                                1, operation, UssdString.encode(text, Dcs.UNSPECIFIED))));
    }

    private static Message menu(String text) throws Exception {
        return shows(Operation.UNSTRUCTURED_SS_REQUEST, text);
    }

    private Message ends(String text) throws Exception {
        return new Message.End(
                List.of(
                        new Component.Result(
                                1,
                                Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                UssdString.encode(text, Dcs.UNSPECIFIED))));
    }

    /** The records of all dialogs, without time and instance id. */
    private List<String> records() throws Exception {
        nothingIsLeft();
        running = null;
        try (var files = Files.walk(folder.resolve("edr"))) {
            List<String> records = new ArrayList<>();
            for (Path file : files.filter(it -> it.toString().endsWith(".edr")).toList()) {
                Files.readAllLines(file).stream()
                        .filter(it -> !it.startsWith("#"))
                        .map(it -> it.substring(it.indexOf('>') + 1))
                        .forEach(records::add);
            }
            return records;
        }
    }

    @Test
    void a_script_speaks_with_another_node_in_the_name_of_its_subscriber() throws Exception {
        start(TELLING.formatted("30"), "30s");
        Handset handset = dial("*200#");
        Begin begin = next(asked);
        assertThat(begin.opening().text()).isEqualTo("*200#");
        assertThat(begin.opening().msisdn()).isEqualTo(Address.international("27761485722"));
        assertThat(begin.opening().imsi()).isEqualTo("655010000000001");
        assertThat(begin.opening().origination()).isEqualTo(Address.international("27829000001"));
        MessageLink node = next(nodes);
        node.send(menu("1. Balance"));
        Screen.Menu menu = (Screen.Menu) next(screens);
        assertThat(menu.text()).isEqualTo("menu 1. Balance");
        handset.answer(menu, "1");
        assertThat(next(said))
                .isEqualTo(
                        new Message.Continue(
                                List.of(
                                        new Component.Result(
                                                1,
                                                Operation.UNSTRUCTURED_SS_REQUEST,
                                                UssdString.encode("1", Dcs.UNSPECIFIED)))));
        node.send(ends("You have 5"));
        assertThat(next(screens)).isEqualTo(new Screen.Respond("final You have 5"));
        assertThat(engine().counters().value("calls.ussd.old.menu")).isOne();
        assertThat(engine().counters().value("calls.ussd.old.final")).isOne();
        assertThat(engine().counters().value("far.ended.final")).isOne();
        String tid = begin.opening().remoteTid();
        assertThat(records())
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .startsWith(
                                                "USSD-PROCESS|DIRECTION=out|DREF=655010000000001:1:6")
                                        .contains("|LTID=" + tid + "|MSISDN=27761485722:1:1|")
                                        .contains("|OREF=27829000001:1:1|RPC=1|RRI=1|RSSN=8|")
                                        .endsWith("|TEXT=%2A200%23"))
                .contains("USSD-PROCESS-R|DIRECTION=in|LTID=" + tid + "|TEXT=You have 5")
                .contains("USSD-PROCESS-R|TEXT=final You have 5");
    }

    /** What a node does instead of showing a screen, and what the script reads of it. */
    enum Fault {
        ERROR("error: 36", "USSD-PROCESS-E|DIRECTION=in|ERROR_CODE=36|"),
        ABORT("abort: TC-U-ABORT", "USSD-ABORT|DIRECTION=in|"),
        CLOSED("closed: the node has ended the dialog", "USSD-END|DIRECTION=in|"),
        TWO_SCREENS("protocol: two components at once", "USSD-ABORT|DIRECTION=out|"),
        OTHER_OPERATION(
                "protocol: an Invoke of processUnstructuredSS-Request",
                "USSD-ABORT|DIRECTION=out|"),
        SCREEN_WITH_THE_END(
                "protocol: a screen in the message that ends the dialog",
                "USSD-ABORT|DIRECTION=out|"),
        UNDECODABLE(
                "undecodable: a USSD string under data coding scheme 72 (UCS2 text) has 1 octets, an odd number",
                "USSD-ABORT|DIRECTION=out|"),
        SILENCE("timeout: nothing came within 50ms", "USSD-ABORT|DIRECTION=out|");

        private final String read;
        private final String record;

        Fault(String read, String record) {
            this.read = read;
            this.record = record;
        }

        private void commit(int invokeId, MessageLink node) throws Exception {
            UssdString text = UssdString.encode("?", Dcs.UNSPECIFIED);
            Component menu = new Component.Invoke(1, Operation.UNSTRUCTURED_SS_REQUEST, text);
            switch (this) {
                case ERROR ->
                        node.send(
                                new Message.End(
                                        List.of(new Component.ErrorReturned(invokeId, 36))));
                case ABORT -> node.send(new Message.Abort("no"));
                case CLOSED -> node.send(new Message.End(List.of()));
                case TWO_SCREENS ->
                        node.send(
                                new Message.Continue(
                                        List.of(
                                                menu,
                                                new Component.Invoke(
                                                        2,
                                                        Operation.UNSTRUCTURED_SS_NOTIFY,
                                                        text))));
                case OTHER_OPERATION ->
                        node.send(
                                new Message.Continue(
                                        List.of(
                                                new Component.Invoke(
                                                        1,
                                                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                                        text))));
                case SCREEN_WITH_THE_END -> node.send(new Message.End(List.of(menu)));
                case UNDECODABLE ->
                        node.send(
                                new Message.Continue(
                                        List.of(
                                                new Component.Invoke(
                                                        1,
                                                        Operation.UNSTRUCTURED_SS_REQUEST,
                                                        new UssdString(Dcs.UCS2, new byte[1])))));
                case SILENCE -> {}
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatever_the_node_does_wrong_is_a_result(Fault fault) throws Exception {
        start(TELLING.formatted(fault == Fault.SILENCE ? "'50ms'" : "30"), "30s");
        dial("*200#");
        MessageLink node = next(nodes);
        fault.commit(next(asked).invokeId(), node);
        assertThat(next(screens)).isEqualTo(new Screen.Respond(fault.read));
        if (fault == Fault.SILENCE) {
            node.send(menu("too late"));
            assertThat(((Message.Abort) next(said)).cause()).isEqualTo(Cause.PROVIDER);
        }
        assertThat(records()).anySatisfy(it -> assertThat(it).startsWith(fault.record));
    }

    @Test
    void a_node_that_cannot_be_reached() throws Exception {
        start(TELLING.formatted("30").replace("\"old\"", "\"nowhere\""), "30s");
        dial("*200#");
        assertThat(((Screen.Respond) next(screens)).text())
                .startsWith("unreachable: ")
                .contains("point code 9 is not among point_codes");
    }

    @Test
    void a_node_that_takes_no_such_dialog() throws Exception {
        start(TELLING.formatted("30"), "30s");
        engine().handsets().receiveAsNode(null);
        dial("*200#");
        assertThat(((Screen.Respond) next(screens)).text())
                .isEqualTo("refused: the node rejects it: unrecognized operation");
    }

    @Test
    void a_node_that_does_not_wait_for_its_answer() throws Exception {
        start(TELLING.formatted("30"), "30s");
        Handset handset = dial("*200#");
        MessageLink node = next(nodes);
        node.send(menu("1. Balance"));
        Screen.Menu menu = (Screen.Menu) next(screens);
        node.send(
                new Message.Continue(
                        List.of(
                                new Component.Invoke(
                                        2,
                                        Operation.UNSTRUCTURED_SS_REQUEST,
                                        UssdString.encode("!", Dcs.UNSPECIFIED)))));
        assertThat(((Message.Abort) next(said)).cause()).isEqualTo(Cause.USER);
        handset.answer(menu, "1");
        assertThat(next(screens))
                .isEqualTo(
                        new Screen.Respond(
                                "protocol: more from the node before its screen was answered"));
    }

    @Test
    void a_node_that_is_killed_in_the_middle() throws Exception {
        start(TELLING.formatted("30"), "30s");
        Handset handset = dial("*200#");
        MessageLink node = next(nodes);
        node.send(menu("1. Balance"));
        Screen.Menu menu = (Screen.Menu) next(screens);
        node.forget();
        handset.answer(menu, "1");
        assertThat(next(screens))
                .isEqualTo(new Screen.Respond("abort: TC-P-ABORT: unrecognized transaction id"));
    }

    @Test
    void the_subscriber_gives_up() throws Exception {
        start(TELLING.formatted("30"), "30s");
        Handset handset = dial("*200#");
        next(nodes).send(menu("1. Balance"));
        next(screens);
        handset.abandon();
        // the script answers the node with nil, which it refuses: an error, and its end
        assertThat(((Message.Abort) next(said)).cause()).isEqualTo(Cause.USER);
    }

    @Test
    void the_engine_stops_while_the_node_is_asked() throws Exception {
        start(TELLING.formatted("30"), "30s");
        dial("*200#");
        MessageLink node = next(nodes);
        node.send(shows(Operation.UNSTRUCTURED_SS_REQUEST, "1. Balance"));
        next(screens);
        assertThat(engine().stop().isWhole()).isTrue();
        assertThat(engine().openDialogs()).isZero();
        assertThat(engine().counters().sum(ServiceDesk.FAR_ENDED)).isOne();
        running = null;
    }

    @Test
    void no_more_are_open_than_the_rules_allow_and_the_end_of_the_script_closes_them()
            throws Exception {
        start(
                """
                local one = ussd.open{to = {point_code = 1, ssn = 8}, text = "*1#", msisdn = "27830000000"}
                local two, why, detail = ussd.open{to = "old", text = "*2#"}
                if one:close() then
                  local three = ussd.open{to = "old", text = "*3#"}
                  return why .. ": " .. detail .. " " .. three.text
                end
                """,
                "30s");
        dial("*200#");
        assertThat(next(asked).opening().msisdn()).isEqualTo(Address.international("27830000000"));
        next(nodes).send(menu("one"));
        assertThat(next(said)).isInstanceOf(Message.Abort.class);
        assertThat(next(asked).opening().text()).isEqualTo("*3#");
        next(nodes).send(menu("three"));
        assertThat(next(screens))
                .isEqualTo(
                        new Screen.Respond(
                                "limit: this script has 1 of them open (ussd: max_open) three"));
        assertThat(next(said)).isInstanceOf(Message.Abort.class);
        assertThat(engine().counters().value("calls.ussd.old.limit")).isOne();
        assertThat(engine().counters().value("far.ended.script")).isEqualTo(2);
    }

    @Test
    void notifies_errors_and_what_cannot_be_meant() throws Exception {
        start(
                """
                local far = ussd.open{to = "old", text = "*200#"}
                assert(far.kind == "notify" and far.open and far.dcs == 15)
                assert(not pcall(far.answer, far, "text"))
                assert(far:answer() and far.kind == "menu" and far.text == "PIN?")
                assert(not pcall(far.answer, far))
                assert(not pcall(far.answer, nil, "text"))
                local ok, why, code = far:refuse(72)
                assert(not ok and why == "error" and code == 34 and far.error_code == 34)
                local ok, why = far:answer("1")
                assert(why == "closed" and not far.open)
                far:close()
                local ok, text = pcall(ussd.open, {to = "older", text = "*1#"})
                local ok, other = pcall(ussd.open, {to = {global_title = "27829000009"}, text = "*1#"})
                assert(other:find("the rules name no node with global title 27829000009, SSN 6", 1, true))
                return text
                """,
                "30s");
        dial("*200#");
        int ours = next(asked).invokeId();
        MessageLink node = next(nodes);
        node.send(shows(Operation.UNSTRUCTURED_SS_NOTIFY, "Wait"));
        assertThat(next(said))
                .isEqualTo(
                        new Message.Continue(
                                List.of(
                                        new Component.Result(
                                                1, Operation.UNSTRUCTURED_SS_NOTIFY, null))));
        node.send(menu("PIN?"));
        assertThat(next(said))
                .isEqualTo(new Message.Continue(List.of(new Component.ErrorReturned(1, 72))));
        node.send(new Message.End(List.of(new Component.ErrorReturned(ours, 34))));
        assertThat(((Screen.Respond) next(screens)).text())
                .contains("ussd.open: the rules name no node 'older' (ussd: nodes)");
    }
}
