package io.moondial;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.dialog.DialogFact;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.handset.Subscribers;
import io.moondial.handset.Subscribers.Reaction;
import io.moondial.logic.DialogObserver;
import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.PushReport.Reason;
import io.moondial.push.PushReport.State;
import io.moondial.push.Pushes.Submission;
import io.moondial.script.api.Backends;
import io.moondial.text.UssdString.UnsendableText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pushes of a whole engine, from the order to the handset and to the records. */
class PushEngineTest {
    private static final String SOMEBODY = "27761485799";
    private static final String RULES =
            """
            process: {triggers: [{script_key: main}]}
            push: {route: ROUTE, scripts: [survey], retry: {after: [1s]}}
            edr: {directory: edr}
            """;
    private static final String SURVEY =
            """
            local request = ...
            local answer, why = ussd.menu("How was " .. request.args.shop .. "? 1 good 2 bad")
            if not answer then return nil end
            ussd.notify("Noted: " .. answer)
            return "Thank you"
            """;

    private final Subscribers subscribers = new Subscribers();
    private final BlockingQueue<String> shown = new LinkedBlockingQueue<>();
    private final List<DialogFact> facts = new CopyOnWriteArrayList<>();
    @TempDir private Path folder;
    private @Nullable Engine engine;

    private Engine start(String route) throws IOException, ConfigurationException {
        return start(route, "");
    }

    private Engine start(String route, String more) throws IOException, ConfigurationException {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("rules.yaml"), RULES.replace("ROUTE", route) + more);
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'Hello'");
        Files.writeString(folder.resolve("scripts/survey.lua"), SURVEY);
        Engine made =
                new Engine(
                        Configuration.read(folder.resolve("rules.yaml")),
                        DialogObserver.always((dialog, at, fact) -> facts.add(fact)));
        engine = made;
        made.start();
        made.handsets().receive(subscribers);
        subscribers.on(SOMEBODY, this::takes);
        return made;
    }

    @AfterEach
    void stop() {
        if (engine != null) {
            engine.close();
        }
    }

    /** A handset that answers each menu with 1, and acknowledges each notify. */
    private Handset.Eyes takes(Handset handset) {
        return (screen, received) -> {
            shown.add(screen.word() + " " + screen.text());
            try {
                switch (screen) {
                    case Screen.Menu menu -> handset.answer(menu, "1");
                    case Screen.Notify notify -> handset.acknowledge(notify);
                    default -> {}
                }
            } catch (UnsendableText | DialogGoneException e) {
                throw new AssertionError(e);
            }
        };
    }

    @Test
    void an_upstream_is_told_how_a_push_has_ended() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/pushes",
                call -> {
                    told.add(new String(call.getRequestBody().readAllBytes(), UTF_8));
                    call.sendResponseHeaders(204, -1);
                    call.close();
                });
        server.start();
        Files.writeString(folder.resolve("secret"), "of the test");
        String more =
                "\nkv: {timeout: 1m}\nhttp: {upstreams: {crm: {url: \"http://127.0.0.1:%d\", timeout: 1m}}}"
                        .formatted(server.getAddress().getPort());
        String callback = "hlr, callback: {upstream: crm, path: /pushes, secret: {file: secret}}";
        try {
            Engine running = start(callback, more);
            PushReport report = ended(running, withCallback());
            assertThat(told.poll(60, TimeUnit.SECONDS))
                    .contains("\"push_id\":\"" + report.id() + "\"")
                    .contains("\"state\":\"completed\"")
                    .contains("\"answer\":\"1\"");
            await().atMost(60, TimeUnit.SECONDS)
                    .until(() -> running.counters().value("push.callbacks.delivered") == 1);
        } finally {
            stop();
            server.stop(0);
        }
    }

    /** Whoever starts an engine on the rules of a service tells nobody in its place. */
    @Test
    void a_callback_that_waits_in_the_store_is_not_told_by_the_engine_of_a_command()
            throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        CountDownLatch answers = new CountDownLatch(1);
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/pushes",
                call -> {
                    told.add(call.getRequestHeaders().getFirst("Ussd-Push-Id"));
                    try (call) {
                        answers.await(); // the first engine is closed before
                        call.sendResponseHeaders(204, -1);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                });
        server.start();
        Files.writeString(folder.resolve("secret"), "of the test");
        String more =
                "\nkv: {timeout: 1m}\nhttp: {upstreams: {crm: {url: \"http://127.0.0.1:%d\", timeout: 1m}}}"
                        .formatted(server.getAddress().getPort());
        String callback = "hlr, callback: {upstream: crm, path: /pushes, secret: {file: secret}}";
        try {
            String ofService = ended(start(callback, more), withCallback()).id();
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(ofService);
            stop();
            answers.countDown();
            try (Engine own =
                    Engine.ofCommand(
                            Configuration.read(folder.resolve("rules.yaml")),
                            DialogObserver.NOBODY,
                            Backends::start)) {
                own.start();
                String ofCommand = ended(own, withCallback()).id();
                assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(ofCommand);
            }
            start(callback, more);
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(ofService);
        } finally {
            stop();
            server.stop(0);
        }
    }

    private static PushOrder withCallback() {
        return new PushOrder(
                SOMEBODY,
                new PushOrder.Text(DialogFact.Screen.MENU, "Are you there?"),
                PushOrder.Priority.NORMAL,
                "test",
                null,
                null,
                false,
                true,
                null);
    }

    private static PushReport ended(Engine engine, PushOrder order) {
        Submission.Accepted accepted = (Submission.Accepted) engine.pushes().submit(order).join();
        return engine.pushes()
                .ended(accepted.report().id())
                .orTimeout(60, TimeUnit.SECONDS)
                .join()
                .orElseThrow();
    }

    private static PushOrder text(DialogFact.Screen screen) {
        return PushOrder.of(SOMEBODY, new PushOrder.Text(screen, "Are you there?"), "test");
    }

    private List<String> records(Engine stopped) throws IOException {
        stopped.close();
        engine = null;
        try (Stream<Path> files = Files.walk(folder.resolve("edr"))) {
            return files.filter(it -> it.toString().endsWith(".edr"))
                    .flatMap(PushEngineTest::lines)
                    .filter(it -> !it.startsWith("#"))
                    .map(it -> it.substring(it.indexOf('>') + 1))
                    .toList();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hlr", "sri_sm", "fixed, fixed: {point_code: 1, ssn: 8}"})
    void a_notify_reaches_the_handset_by_each_route(String route) throws Exception {
        Engine started = start(route);

        PushReport report = ended(started, text(DialogFact.Screen.NOTIFY));

        assertThat(report.state()).isEqualTo(State.COMPLETED);
        assertThat(report.attempts()).isEqualTo(1);
        assertThat(shown).contains("notify Are you there?");
        await().untilAsserted(() -> assertThat(started.openDialogs()).isZero());
        await().untilAsserted(() -> assertThat(started.stackDialogs()).isZero());
        assertThat(records(started))
                .anySatisfy(
                        it -> assertThat(it).startsWith("PUSH|").contains("PUSH_ID=" + report.id()))
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .startsWith("USSD-NOTIFY|DIRECTION=out")
                                        .contains("PUSH_ID=" + report.id()))
                .anySatisfy(it -> assertThat(it).startsWith("USSD-NOTIFY-R|"))
                .anySatisfy(it -> assertThat(it).startsWith("PUSH-R|"));
    }

    @Test
    void the_answer_to_a_menu_is_in_the_report() throws Exception {
        Engine started = start("hlr");

        PushReport report = ended(started, text(DialogFact.Screen.MENU));

        assertThat(report.state()).isEqualTo(State.COMPLETED);
        assertThat(report.answer()).isEqualTo("1");
    }

    @Test
    void a_script_that_is_pushed_shows_menus_and_texts_in_one_dialog() throws Exception {
        Engine started = start("sri_sm");

        PushReport report =
                ended(
                        started,
                        PushOrder.of(
                                SOMEBODY,
                                new PushOrder.Script("survey", "{\"shop\":\"Plaza\"}"),
                                "test"));

        assertThat(report.state()).isEqualTo(State.COMPLETED);
        assertThat(report.what()).isEqualTo("survey");
        assertThat(List.copyOf(shown).subList(0, 3))
                .containsExactly(
                        "menu How was Plaza? 1 good 2 bad", "notify Noted: 1", "notify Thank you");
        await().untilAsserted(() -> assertThat(shown).contains("close null"));
    }

    @Test
    void one_who_is_busy_is_tried_again_and_one_who_is_absent_is_not() throws Exception {
        Engine started = start("hlr");
        subscribers.react(SOMEBODY, List.of(new Reaction.Refuses(72), new Reaction.Takes()));

        PushReport busy = ended(started, text(DialogFact.Screen.NOTIFY));
        PushReport absent =
                ended(
                        started,
                        PushOrder.of(
                                "27761485700",
                                new PushOrder.Text(DialogFact.Screen.NOTIFY, "Hello"),
                                "test"));

        assertThat(busy.state()).isEqualTo(State.COMPLETED);
        assertThat(busy.attempts()).isEqualTo(2);
        assertThat(absent.state()).isEqualTo(State.FAILED);
        assertThat(absent.reason()).isEqualTo(Reason.ABSENT_SUBSCRIBER);
        assertThat(absent.errorCode()).isEqualTo(27);
        List<String> records = records(started);
        assertThat(records).filteredOn(it -> it.startsWith("PUSH|")).hasSize(3);
        assertThat(records).filteredOn(it -> it.startsWith("PUSH-E|")).hasSize(2);
    }

    @Test
    void a_script_that_fails_before_it_shows_anything_fails_its_push() throws Exception {
        Engine started = start("hlr");

        PushReport report =
                ended(
                        started,
                        PushOrder.of(SOMEBODY, new PushOrder.Script("survey", null), "test"));

        assertThat(report.state()).isEqualTo(State.FAILED);
        assertThat(report.reason()).isEqualTo(Reason.SCRIPT);
        assertThat(shown).isEmpty();
    }
}
