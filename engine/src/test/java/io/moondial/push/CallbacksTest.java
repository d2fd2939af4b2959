package io.moondial.push;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.PushCallbacks;
import io.moondial.Rules;
import io.moondial.config.WrittenSettings;
import io.moondial.metrics.Counters;
import io.moondial.modules.BuiltInModules;
import io.moondial.modules.kv.EngineRecords;
import io.moondial.push.PushOrder.Priority;
import io.moondial.push.PushReport.State;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.api.Backends;
import io.moondial.time.LeapingTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How pushes have ended is told, to a real server that does what it likes. */
class CallbacksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String BUCKET = "push.callback";
    private static final String SECRET = "correct horse battery staple";

    @TempDir Path folder;
    private final LeapingTime time = new LeapingTime();
    private final Counters counters = new Counters();
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private volatile Manners manners = it -> answer(it, 200, "{}");

    @SuppressWarnings("NullAway.Init") // before each test
    private HttpServer server;

    private @Nullable Backends backends;
    private @Nullable Callbacks callbacks;
    private volatile PushSettings settings = WrittenSettings.settings(PushSettings.schema());

    private record Received(String path, String id, String at, String signature, String body) {}

    @FunctionalInterface
    private interface Manners {
        void answer(HttpExchange call) throws IOException, InterruptedException;
    }

    @BeforeEach
    void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::receive);
        server.start();
        Files.writeString(folder.resolve("secret"), SECRET);
        set("retries: 2", "retry_after: 5s");
        open();
    }

    private void receive(HttpExchange call) throws IOException {
        String body = new String(call.getRequestBody().readAllBytes(), UTF_8);
        received.add(
                new Received(
                        call.getRequestURI().toString(),
                        header(call, "Ussd-Push-Id"),
                        header(call, "Ussd-Time"),
                        header(call, "Ussd-Signature"),
                        body));
        try (call) {
            manners.answer(call);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static String header(HttpExchange call, String name) {
        return String.valueOf(call.getRequestHeaders().getFirst(name));
    }

    private static void answer(HttpExchange call, int status, String body) throws IOException {
        byte[] octets = body.getBytes(UTF_8);
        call.sendResponseHeaders(status, octets.length);
        call.getResponseBody().write(octets);
    }

    private void set(String... keys) {
        settings = settings("max_queued: 100", keys);
    }

    /**
     * Some with a callback.
     *
     * @param first a key of the section
     * @param keys those of the callback
     */
    private PushSettings settings(String first, String... keys) {
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                first,
                                "callback:",
                                "  upstream: crm",
                                "  path: /ussd/pushes",
                                "  secret: {file: \"" + folder.resolve("secret") + "\"}"));
        List.of(keys).forEach(it -> lines.add("  " + it));
        return WrittenSettings.settings(PushSettings.schema(), lines.toArray(String[]::new));
    }

    /** An engine's part of it, on the store in the folder. */
    private void open() throws Exception {
        Path rules = folder.resolve("rules.yaml");
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/any.lua"), "return 'x'");
        Files.writeString(
                rules,
                """
                process: {triggers: [{script_key: any}]}
                kv: {timeout: 1m}
                http:
                  upstreams:
                    crm: {url: "http://127.0.0.1:%d/base", timeout: 2m, connect_timeout: 1m, max_response: 1KiB, breaker: {failures: 100%%}}
                """
                        .formatted(server.getAddress().getPort()));
        Backends started =
                Backends.start(
                        Configuration.read(rules, CompilationObserver.NONE, BuiltInModules.create())
                                .rules()
                                .modules(),
                        time);
        backends = started;
        callbacks = through(() -> settings);
        assertThat(callbacks.start().orTimeout(60, TimeUnit.SECONDS).join()).isTrue();
    }

    private Callbacks through(Supplier<PushSettings> in) {
        Backends started = requireNonNull(backends);
        return PushCallbacks.of(EngineRecords.shared(started), started, in, counters, time);
    }

    /** Those of an engine with this owner, on the same store; all that was left is taken up. */
    private Callbacks ofOwner(String owner, String... keys) {
        PushSettings own = settings("owner: " + owner, keys);
        Callbacks others = through(() -> own);
        assertThat(others.start().orTimeout(60, TimeUnit.SECONDS).join()).isTrue();
        return others;
    }

    private void close() {
        if (callbacks != null && backends != null) {
            callbacks.close();
            backends.close();
        }
    }

    @AfterEach
    void stop() {
        close();
        server.stop(0);
        time.close();
    }

    private static PushReport report(String id, State state, boolean callback) {
        Instant at = Instant.parse("2026-11-30T08:15:00Z");
        return new PushReport(
                id,
                "27761485722",
                "menu",
                Priority.NORMAL,
                "api crm",
                state,
                at,
                at.plusSeconds(600),
                at.plusSeconds(3),
                1,
                null,
                null,
                null,
                "1",
                "Logic-1632976990-05f220e1",
                callback,
                null);
    }

    private Callbacks callbacks() {
        return requireNonNull(callbacks);
    }

    private void ended(String id) {
        callbacks().changed(report(id, State.COMPLETED, true));
    }

    private Received next() throws InterruptedException {
        Received next = received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).as("a request comes").isNotNull();
        return next;
    }

    private void awaitCount(String counter, long count) {
        await().atMost(PATIENCE).until(() -> counters.value("push.callbacks." + counter) == count);
    }

    /** What is kept, once all that was asked for is in the store. */
    private long kept() {
        return EngineRecords.shared(requireNonNull(backends))
                .bucket(BUCKET)
                .all("", it -> {})
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    private void assertNothingIsLeft() {
        await().atMost(PATIENCE).until(() -> callbacks().waiting() == 0 && kept() == 0);
    }

    @Test
    void the_end_of_a_push_is_told_signed_and_nothing_is_left() throws Exception {
        callbacks().changed(report("p1", State.QUEUED, true));
        callbacks().changed(report("p2", State.COMPLETED, false));
        ended("p3");
        Received call = next();
        assertThat(call.path()).isEqualTo("/base/ussd/pushes");
        assertThat(call.id()).isEqualTo("p3");
        assertThat(call.body())
                .isEqualTo(PushJson.of(report("p3", State.COMPLETED, true)).toString());
        assertThat(Long.parseLong(call.at()))
                .isBetween(
                        time.now().getEpochSecond() - PATIENCE.toSeconds(),
                        time.now().getEpochSecond());
        assertThat(call.signature()).isEqualTo(Callbacks.signature(SECRET, call.at(), call.body()));
        awaitCount("delivered", 1);
        assertNothingIsLeft();
        assertThat(received).isEmpty();
    }

    /** Made with: printf '%s' '1796026480.{"push_id":"p1"}' | openssl dgst -sha256 -hmac key. */
    @Test
    void the_signature_is_the_one_that_openssl_makes() {
        assertThat(Callbacks.signature("key", "1796026480", "{\"push_id\":\"p1\"}"))
                .isEqualTo("29b8d6255b5be1c46f1f3b6ad99fcfb764f36b37fc9c3c85eb0d245cb47e8567");
    }

    @Test
    void one_that_is_refused_is_tried_again_after_longer_and_longer_pauses_and_given_up()
            throws Exception {
        AtomicInteger calls = new AtomicInteger();
        manners =
                it -> {
                    switch (calls.incrementAndGet()) {
                        case 1 -> answer(it, 500, "no");
                        case 2 -> {
                            it.getResponseHeaders().add("Location", "/elsewhere");
                            answer(it, 302, "");
                        }
                        default -> answer(it, 404, "");
                    }
                };
        ended("p1");
        Received first = next();
        awaitCount("failures", 1);
        awaitKept("1\n");
        time.leap(Duration.ofSeconds(5));
        Received second = next();
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.id()).isEqualTo("p1");
        assertThat(second.signature())
                .isEqualTo(Callbacks.signature(SECRET, second.at(), second.body()));
        awaitCount("failures", 2);
        awaitKept("2\n");
        time.leap(Duration.ofSeconds(5));
        assertThat(received).as("the second pause is twice as long").isEmpty();
        time.leap(Duration.ofSeconds(5));
        next();
        awaitCount("given_up", 1);
        assertThat(counters.value("push.callbacks.failures")).isEqualTo(3);
        assertNothingIsLeft();
        assertThat(received).as("a redirect is not followed").isEmpty();
    }

    private void awaitKept(String begin) {
        awaitKept("p1", "owner ussd\n" + begin);
    }

    /** Once the store has how far it is. */
    private void awaitKept(String id, String begin) {
        EngineRecords records = EngineRecords.shared(requireNonNull(backends)).bucket(BUCKET);
        await().atMost(PATIENCE)
                .until(() -> records.get(id).join().filter(it -> it.startsWith(begin)).isPresent());
    }

    @Test
    void a_server_that_says_yes_with_rubbish_has_been_told() throws Exception {
        manners = it -> answer(it, 202, "\u0000{rubbish");
        ended("p1");
        next();
        awaitCount("delivered", 1);
        assertNothingIsLeft();
    }

    @Test
    void a_server_that_hangs_or_floods_or_hangs_up_has_not_been_told() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        manners =
                it -> {
                    switch (calls.incrementAndGet()) {
                        case 1 -> over.await();
                        case 2 -> answer(it, 200, "x".repeat(2000));
                        default -> it.close();
                    }
                };
        ended("p1");
        next();
        time.leap(Duration.ofMinutes(2));
        awaitCount("failures", 1);
        awaitKept("1\n");
        time.leap(Duration.ofSeconds(5));
        next();
        awaitCount("failures", 2);
        awaitKept("2\n");
        time.leap(Duration.ofSeconds(10));
        next();
        awaitCount("given_up", 1);
        assertNothingIsLeft();
        over.countDown();
    }

    @Test
    void no_more_are_under_way_than_may_be_and_all_are_told() throws Exception {
        set("max_concurrent: 2");
        CountDownLatch over = new CountDownLatch(1);
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        manners =
                it -> {
                    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                    over.await();
                    underWay.decrementAndGet();
                    answer(it, 200, "");
                };
        for (int i = 0; i < 20; i++) {
            ended("p" + i);
        }
        await().atMost(PATIENCE).until(() -> underWay.get() == 2 && kept() == 20);
        over.countDown();
        awaitCount("delivered", 20);
        assertThat(most.get()).isEqualTo(2);
        assertNothingIsLeft();
    }

    @Test
    void what_was_not_delivered_is_told_by_the_next_engine() throws Exception {
        manners = it -> answer(it, 503, "");
        ended("p1");
        Received first = next();
        awaitCount("failures", 1);
        awaitKept("1\n");
        close();
        callbacks = null;
        time.leap(Duration.ofSeconds(5));
        assertThat(received).isEmpty();
        manners = it -> answer(it, 200, "");
        open();
        Received second = next();
        assertThat(second.id()).isEqualTo("p1");
        assertThat(second.body()).isEqualTo(first.body());
        awaitCount("delivered", 1);
        assertNothingIsLeft();
    }

    @Test
    void engines_that_share_a_store_tell_each_its_own_callbacks() throws Exception {
        manners = it -> answer(it, 503, "");
        Callbacks a = ofOwner("a");
        Callbacks b = ofOwner("b");
        a.changed(report("p1", State.COMPLETED, true));
        b.changed(report("p2", State.COMPLETED, true));
        awaitCount("failures", 2);
        awaitKept("p1", "owner a\n1\n");
        awaitKept("p2", "owner b\n1\n");
        a.close();
        b.close();
        received.clear();
        manners = it -> answer(it, 200, "");
        time.leap(Duration.ofSeconds(5));
        Callbacks c = ofOwner("c");
        assertThat(c.waiting()).as("none is its own").isZero();
        Callbacks again = ofOwner("a");
        assertThat(next().id()).isEqualTo("p1");
        awaitCount("delivered", 1);
        await().atMost(PATIENCE).until(() -> again.waiting() == 0 && kept() == 1);
        assertThat(received).as("the other one is left to its owner").isEmpty();
        Callbacks other = ofOwner("b");
        assertThat(next().id()).isEqualTo("p2");
        await().atMost(PATIENCE).until(() -> other.waiting() == 0 && kept() == 0);
        List.of(c, again, other).forEach(Callbacks::close);
    }

    /** As a build wrote it that knew no owner. */
    private void leaveWithoutOwner(String id) {
        EngineRecords.shared(requireNonNull(backends))
                .bucket(BUCKET)
                .set(id, "1\n0\nLogic-1\n{\"push_id\":\"" + id + "\"}", null)
                .join();
    }

    @Test
    void what_was_left_without_an_owner_is_told_by_one_engine_and_once() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        manners =
                it -> {
                    over.await();
                    answer(it, 200, "");
                };
        leaveWithoutOwner("p1");
        Callbacks none = through(() -> WrittenSettings.settings(PushSettings.schema(), "owner: n"));
        assertThat(none.start().orTimeout(60, TimeUnit.SECONDS).join()).isTrue();
        assertThat(none.waiting()).as("it has nobody to tell, and leaves it").isZero();
        Callbacks a = ofOwner("a");
        Callbacks b = ofOwner("b");
        assertThat(a.waiting()).isEqualTo(1);
        assertThat(b.waiting()).as("it has become one of the other engine").isZero();
        over.countDown();
        Received call = next();
        assertThat(call.id()).isEqualTo("p1");
        assertThat(call.body()).isEqualTo("{\"push_id\":\"p1\"}");
        awaitCount("delivered", 1);
        assertNothingIsLeft();
        assertThat(received).isEmpty();
        List.of(none, a, b).forEach(Callbacks::close);
    }

    /** Those of engines with these owners, each on a thread of its own. */
    private List<Callbacks> startedAtOnce(String... owners) throws Exception {
        CyclicBarrier together = new CyclicBarrier(owners.length);
        List<Callbacks> engines = new ArrayList<>();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
            List<Future<Callbacks>> starts = new ArrayList<>();
            for (String owner : owners) {
                starts.add(
                        threads.submit(
                                () -> {
                                    together.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                                    return ofOwner(owner);
                                }));
            }
            for (Future<Callbacks> start : starts) {
                engines.add(start.get());
            }
        }
        return engines;
    }

    @Test
    void engines_that_start_at_once_share_out_what_was_left_without_an_owner() throws Exception {
        int count = 40;
        CountDownLatch over = new CountDownLatch(1);
        manners =
                it -> {
                    over.await();
                    answer(it, 200, "");
                };
        for (int i = 0; i < count; i++) {
            leaveWithoutOwner("p" + i);
        }
        List<Callbacks> engines = startedAtOnce("a", "b", "c");
        assertThat(engines.stream().mapToInt(Callbacks::waiting).sum()).isEqualTo(count);
        over.countDown();
        awaitCount("delivered", count);
        assertNothingIsLeft();
        assertThat(received).hasSize(count);
        assertThat(received.stream().map(Received::id)).doesNotHaveDuplicates();
        engines.forEach(Callbacks::close);
    }

    /** The engine was killed after it had made the callback its own. */
    @Test
    void what_has_become_an_engine_s_own_is_gone_on_with_by_its_next_start() throws Exception {
        manners = it -> answer(it, 503, "");
        leaveWithoutOwner("p1");
        Callbacks a = ofOwner("a");
        awaitKept("p1", "owner a\n2\n");
        a.close();
        received.clear();
        manners = it -> answer(it, 200, "");
        time.leap(Duration.ofSeconds(10));
        Callbacks b = ofOwner("b");
        assertThat(b.waiting()).isZero();
        Callbacks again = ofOwner("a");
        assertThat(next().id()).isEqualTo("p1");
        awaitCount("delivered", 1);
        List.of(b, again).forEach(Callbacks::close);
    }

    /** The store has read a page, and gives it later. */
    private static final class LatePage implements Callbacks.Records {
        private final CompletableFuture<Boolean> read = new CompletableFuture<>();
        private BiConsumer<String, String> each = (_, _) -> {};

        @Override
        public CompletableFuture<?> set(String key, String text, Duration ttl) {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public CompletableFuture<Boolean> replace(
                String key, String old, String text, Duration ttl) {
            return CompletableFuture.completedFuture(false);
        }

        @Override
        public CompletableFuture<?> delete(String key) {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public CompletableFuture<?> all(BiConsumer<String, String> receiver) {
            each = receiver;
            return read;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void one_that_is_over_while_what_was_left_is_read_is_not_told_again(boolean isTaken) {
        set("retries: 0");
        LatePage page = new LatePage();
        List<String> told = new CopyOnWriteArrayList<>();
        Callbacks starting =
                new Callbacks(
                        () -> settings,
                        page,
                        (_, _, headers, _, _) -> {
                            told.add(String.valueOf(headers.get("Ussd-Push-Id")));
                            return CompletableFuture.completedFuture(
                                    isTaken ? Optional.empty() : Optional.of("no"));
                        },
                        counters,
                        time);
        CompletableFuture<Boolean> start = starting.start();
        starting.changed(report("p1", State.COMPLETED, true));
        awaitCount(isTaken ? "delivered" : "given_up", 1);

        page.each.accept("p1", "owner ussd\n1\n0\nLogic-1\n{}");
        page.each.accept("p2", "owner ussd\n1\n0\nLogic-2\n{}");
        page.read.complete(true);

        assertThat(start.join()).isTrue();
        assertThat(told).containsExactly("p1", "p2");
        assertThat(starting.waiting()).isZero();
        starting.close();
    }

    @Test
    void more_than_may_wait_are_not_taken() throws Exception {
        manners = it -> answer(it, 503, "");
        set("retries: 9");
        for (int i = 0; i < 101; i++) {
            ended("p" + i);
        }
        assertThat(counters.value("push.callbacks.refused")).isEqualTo(1);
        assertThat(callbacks().waiting()).isEqualTo(100);
        awaitCount("failures", 100);
    }

    @Test
    void an_upstream_that_there_is_not_is_a_problem_of_the_rules() throws Exception {
        Path rules = folder.resolve("wrong.yaml");
        Files.writeString(
                rules,
                """
                process: {triggers: [{script_key: any}]}
                push:
                  route: hlr
                  callback: {upstream: crn, secret: {file: secret}}
                http:
                  upstreams:
                    crm: {url: "http://127.0.0.1:1"}
                """);
        assertThatThrownBy(() -> Rules.read(rules))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("wrong.yaml:4:24")
                .hasMessageContaining("no upstream 'crn'")
                .hasMessageContaining("crm");
    }

    @Test
    void what_is_no_callback_in_the_store_is_dropped() throws Exception {
        EngineRecords records = EngineRecords.shared(requireNonNull(backends)).bucket(BUCKET);
        records.set("p1", "rubbish", null).join();
        records.set("p2", "x\n1\ni\nbody", null).join();
        records.set("p3", "owner ussd\n1\n1\ni", null).join();
        records.set("p4", "owner ussd", null).join();
        close();
        open();
        assertNothingIsLeft();
        assertThat(received).isEmpty();
    }
}
