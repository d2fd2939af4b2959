package io.moondial.modules.kv;

import static io.moondial.modules.kv.KvStore.Answer.Done.YES;
import static io.moondial.modules.kv.StoreConformance.ask;
import static io.moondial.modules.kv.StoreConformance.found;
import static io.moondial.modules.kv.StoreConformance.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.Answer.Counted;
import io.moondial.modules.kv.KvStore.Answer.Listed;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Page;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.modules.kv.KvStore.Why;
import io.moondial.modules.kv.RedisStore.Node;
import io.moondial.modules.kv.RedisStore.RedisSettings;
import io.moondial.script.lua.LuaString;
import io.moondial.time.SystemTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A Redis that is not there, goes away, hangs, refuses, or wants TLS; and one of several nodes. */
class RedisFaultsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final KvKey KEY = new KvKey("b", text("k"));
    private static final Request GET = new Request.Get(KEY);

    @TempDir Path folder;

    private static Request set(String value) {
        return new Request.Set(KEY, text(value), 0);
    }

    private static RedisStore open(RedisSettings settings) {
        return new RedisStore(settings, SystemTime.ofProcess());
    }

    private static RedisSettings settings(
            List<Node> nodes, @Nullable String user, @Nullable String password) {
        return new RedisSettings(nodes, user, password, null, "test:", 4, LONG, LONG, LONG);
    }

    private static void assertFailed(Answer answer, Why why, String words) {
        assertThat(answer).isInstanceOf(Answer.Failed.class);
        assertThat(((Answer.Failed) answer).why()).isEqualTo(why);
        assertThat(((Answer.Failed) answer).detail()).contains(words);
    }

    @Test
    void one_that_is_down_fails_at_once_and_is_used_once_it_is_up() throws Exception {
        try (RealRedis redis = RealRedis.start(folder);
                RedisStore store = open(redis.settings())) {
            redis.kill();
            assertFailed(ask(store, GET), Why.UNAVAILABLE, "Failed to connect");
            assertFailed(ask(store, set("x")), Why.UNAVAILABLE, "Connection refused");
            assertThat(store.condition().state()).isEqualTo("unavailable");
            redis.startAgain();
            assertThat(ask(store, set("x"))).isEqualTo(YES);
            assertThat(ask(store, GET)).isEqualTo(found("x"));
            assertThat(store.condition().state()).isEqualTo("open");
        }
    }

    @Test
    void a_restart_breaks_connections_and_no_read() throws Exception {
        try (RealRedis redis = RealRedis.start(folder);
                RedisStore store = open(redis.settings())) {
            StoreConformance.atOnce(8, _ -> ask(store, set("x")));
            redis.kill();
            redis.startAgain();
            assertThat(ask(store, GET)).isEqualTo(found(null));
            assertThat(ask(store, set("y"))).isEqualTo(YES); // no broken connection is left
            assertThat(ask(store, GET)).isEqualTo(found("y"));
        }
    }

    @Test
    void one_that_hangs_fails_within_the_timeout_and_is_used_once_it_goes_on() throws Exception {
        try (RealRedis redis = RealRedis.start(folder);
                RedisStore store = open(redis.settings(Duration.ofMillis(300)))) {
            await().atMost(RealRedis.PATIENCE).until(() -> ask(store, set("x")).equals(YES));
            redis.pause();
            assertFailed(ask(store, GET), Why.TIMEOUT, "no answer within 300 ms (timeout)");
            assertFailed(ask(store, set("y")), Why.TIMEOUT, "(timeout)");
            redis.goOn();
            await().atMost(RealRedis.PATIENCE).until(() -> ask(store, set("z")).equals(YES));
            await().atMost(RealRedis.PATIENCE).until(() -> ask(store, GET).equals(found("z")));
        }
    }

    @Test
    void more_calls_than_connections_wait_and_then_fail() throws Exception {
        try (RealRedis redis = RealRedis.start(folder);
                RedisStore store =
                        open(
                                new RedisSettings(
                                        List.of(redis.node()),
                                        null,
                                        null,
                                        null,
                                        "test:",
                                        1,
                                        Duration.ofMillis(50),
                                        LONG,
                                        LONG))) {
            assertThat(ask(store, set("x"))).isEqualTo(YES);
            redis.pause();
            CompletableFuture<Answer> first = store.ask(GET);
            await().atMost(RealRedis.PATIENCE).until(() -> store.condition().amount() == 1);
            assertFailed(
                    ask(store, GET),
                    Why.UNAVAILABLE,
                    "all 1 connections with Redis at 127.0.0.1:"
                            + redis.port()
                            + " are in use (pool)");
            redis.goOn();
            assertThat(first.join()).isEqualTo(found("x"));
            await().atMost(RealRedis.PATIENCE).until(() -> ask(store, GET).equals(found("x")));
        }
    }

    @Test
    void a_password_and_a_user_are_shown_to_it_and_never_told() throws Exception {
        try (RealRedis redis =
                RealRedis.start(
                        folder,
                        "--requirepass",
                        "open-sesame",
                        "--user",
                        "ussd",
                        "on",
                        ">secret1",
                        "~test:*",
                        "+@all")) {
            List<Node> at = List.of(redis.node());
            try (RedisStore store = open(settings(at, null, "open-sesame"))) {
                assertThat(ask(store, set("x"))).isEqualTo(YES);
            }
            try (RedisStore store = open(settings(at, "ussd", "secret1"))) {
                assertThat(ask(store, GET)).isEqualTo(found("x"));
                assertThat(ask(store, new Request.Incr(new KvKey("b", text("n")), 1, 0)))
                        .isEqualTo(new Counted(1));
            }
            try (RedisStore store = open(settings(at, "ussd", "wrong one"))) {
                assertFailed(ask(store, GET), Why.UNAVAILABLE, "WRONGPASS");
                assertThat(ask(store, GET).toString()).doesNotContain("wrong one");
            }
            try (RedisStore store = open(settings(at, null, null))) {
                assertFailed(ask(store, GET), Why.UNAVAILABLE, "NOAUTH");
            }
            assertThat(settings(at, "ussd", "secret1").toString()).doesNotContain("secret1");
        }
    }

    @Test
    void a_script_that_it_has_forgotten_is_sent_again() throws Exception {
        try (RealRedis redis = RealRedis.start(folder);
                RedisStore store = open(redis.settings())) {
            ask(store, new Request.Incr(KEY, 1, 0));
            try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
                jedis.scriptFlush();
            }
            assertThat(ask(store, new Request.Incr(KEY, 1, 0))).isEqualTo(new Counted(2));
        }
    }

    @Test
    void one_that_has_no_memory_left_says_so() throws Exception {
        try (RealRedis redis = RealRedis.start(folder, "--maxmemory", "1");
                RedisStore store = open(redis.settings())) {
            assertFailed(ask(store, set("x")), Why.UNAVAILABLE, "it says: OOM");
            assertThat(ask(store, GET)).isEqualTo(found(null));
        }
    }

    // ---- TLS

    private static final String PASSWORD = "changeit";

    private void certificate(String name, String address) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                                "-J-XX:TieredStopAtLevel=1",
                                "-genkeypair",
                                "-alias",
                                "own",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=" + name,
                                "-ext",
                                "san=ip:" + address,
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                PASSWORD)
                        .redirectErrorStream(true)
                        .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        write(name + ".pem", "CERTIFICATE", keys.getCertificate("own").getEncoded());
        write(
                name + ".key",
                "PRIVATE KEY",
                keys.getKey("own", PASSWORD.toCharArray()).getEncoded());
    }

    private void write(String file, String kind, byte[] octets) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(octets);
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, body, kind));
    }

    private RealRedis withTls(String certificate) throws IOException {
        return RealRedis.startWithTls(
                folder,
                "--tls-cert-file",
                folder.resolve(certificate + ".pem").toString(),
                "--tls-key-file",
                folder.resolve(certificate + ".key").toString(),
                "--tls-auth-clients",
                "no",
                "--tls-ca-cert-file",
                folder.resolve(certificate + ".pem").toString());
    }

    private Kv.Live live(RealRedis redis, String ca) {
        return new Kv.Live(
                KvLiveTest.settings(
                        """
                        store: redis
                        timeout: 1m
                        redis: {nodes: ["127.0.0.1:%d"], acquire_timeout: 30s, connect_timeout: 30s, tls: {ca: "%s"}}
                        """
                                .formatted(redis.port(), folder.resolve(ca))),
                SystemTime.ofProcess());
    }

    @Test
    void tls_is_used_and_only_with_whom_the_rules_trust() throws Exception {
        certificate("redis", "127.0.0.1");
        certificate("stranger", "127.0.0.1");
        certificate("elsewhere", "127.0.0.2");
        try (RealRedis redis = withTls("redis")) {
            Kv.Live trusted = live(redis, "redis.pem");
            assertThat(trusted.ask(set("x")).join()).isEqualTo(YES);
            assertThat(trusted.ask(GET).join()).isEqualTo(found("x"));
            trusted.close();
            Kv.Live stranger = live(redis, "stranger.pem");
            assertThat(stranger.ask(GET).join()).isInstanceOf(Answer.Failed.class);
            stranger.close();
            try (RedisStore clear = open(redis.settings())) {
                assertThat(ask(clear, GET)).isInstanceOf(Answer.Failed.class);
            }
        }
        try (RealRedis redis = withTls("elsewhere")) {
            Kv.Live other = live(redis, "elsewhere.pem");
            Answer answer = other.ask(GET).join();
            assertFailed(
                    answer,
                    Why.UNAVAILABLE,
                    "No subject alternative names matching IP address 127.0.0.1");
            other.close();
        }
    }

    @Test
    void a_file_without_certificates_stops_the_start() throws Exception {
        Files.writeString(folder.resolve("empty.pem"), "nothing\n");
        try (RealRedis redis = RealRedis.start(folder)) {
            assertThatThrownBy(() -> live(redis, "empty.pem"))
                    .hasMessageContaining("kv: redis: tls: ca: " + folder.resolve("empty.pem"))
                    .hasMessageContaining("-----BEGIN CERTIFICATE-----");
            assertThatThrownBy(() -> live(redis, "none.pem"))
                    .hasMessageContaining("none.pem cannot be read");
        }
    }

    // ---- a cluster

    @Test
    void several_nodes_are_a_cluster() throws Exception {
        List<RealRedis> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                Path own = Files.createDirectory(folder.resolve("node" + i));
                nodes.add(RealRedis.start(own, "--cluster-enabled", "yes"));
            }
            join(nodes);
            List<Node> known = List.of(nodes.get(0).node(), nodes.get(1).node());
            try (RedisStore store = open(settings(known, null, null))) {
                for (int i = 0; i < 50; i++) {
                    KvKey key = new KvKey("b", text("key " + i));
                    assertThat(ask(store, new Request.Incr(key, i, 0))).isEqualTo(new Counted(i));
                    assertThat(ask(store, new Request.Cas(key, text("" + i), text("sx"), 0, false)))
                            .isEqualTo(YES);
                    assertThat(ask(store, new Request.Get(key))).isEqualTo(found("sx"));
                }
            }
            nodes.add(
                    RealRedis.start(
                            Files.createDirectory(folder.resolve("copy")),
                            "--cluster-enabled",
                            "yes"));
            copyTheFirst(nodes);
            try (RedisStore store = open(settings(known, null, null))) {
                assertThat(allNames(store, "b")).hasSize(50).doesNotHaveDuplicates();
            }
        } finally {
            nodes.forEach(RealRedis::close);
        }
    }

    private static List<LuaString> allNames(RedisStore store, String bucket) {
        List<LuaString> names = new ArrayList<>();
        KvStore.Cursor next = null;
        do {
            Listed page = (Listed) ask(store, new Page(bucket, LuaString.EMPTY, next));
            page.entries().forEach(it -> names.add(it.name()));
            next = page.next();
        } while (next != null);
        return names;
    }

    /** The last node copies the first one, and all know it. */
    private static void copyTheFirst(List<RealRedis> nodes) {
        try (Jedis first = new Jedis("127.0.0.1", nodes.getFirst().port());
                Jedis last = new Jedis("127.0.0.1", nodes.getLast().port())) {
            last.clusterMeet("127.0.0.1", nodes.getFirst().port());
            String id = first.clusterMyId();
            await().atMost(RealRedis.PATIENCE).until(() -> last.clusterNodes().contains(id));
            last.clusterReplicate(id);
        }
        for (RealRedis node : nodes) {
            try (Jedis jedis = new Jedis("127.0.0.1", node.port())) {
                await().atMost(RealRedis.PATIENCE)
                        .until(() -> jedis.clusterNodes().contains("slave"));
            }
        }
    }

    private static void join(List<RealRedis> nodes) {
        int slots = 16_384;
        for (int i = 0; i < nodes.size(); i++) {
            int from = slots * i / nodes.size();
            int to = slots * (i + 1) / nodes.size();
            try (Jedis jedis = new Jedis("127.0.0.1", nodes.get(i).port())) {
                jedis.clusterAddSlots(IntStream.range(from, to).toArray());
                jedis.clusterMeet("127.0.0.1", nodes.getFirst().port());
            }
        }
        for (RealRedis node : nodes) {
            try (Jedis jedis = new Jedis("127.0.0.1", node.port())) {
                await().atMost(RealRedis.PATIENCE)
                        .until(
                                () ->
                                        jedis.clusterInfo().contains("cluster_state:ok")
                                                && jedis.clusterInfo()
                                                        .contains("cluster_slots_ok:16384"));
            }
        }
    }

    @Test
    void a_cluster_that_cannot_be_reached_is_unavailable() throws Exception {
        List<Node> nowhere = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                nowhere.add(new Node("127.0.0.1", closed.getLocalPort()));
            }
        }
        try (RedisStore store = open(settings(nowhere, null, null))) {
            assertThat(ask(store, GET)).isInstanceOf(Answer.Failed.class);
            assertThat(((Answer.Failed) ask(store, GET)).why()).isEqualTo(Why.UNAVAILABLE);
        }
    }
}
