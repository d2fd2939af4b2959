package io.moondial.modules.kv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.modules.kv.KvStore.Why;
import io.moondial.modules.kv.RedisStore.Node;
import io.moondial.modules.kv.RedisStore.RedisSettings;
import io.moondial.script.lua.LuaString;
import io.moondial.time.SystemTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The store in a cluster whose node hangs up instead of answering. */
class RedisClusterTest {
    private static final KvKey KEY = new KvKey("limits", LuaString.of("27761485722"));

    @SuppressWarnings("NullAway.Init") // before each test
    private HangingUp node;

    @SuppressWarnings("NullAway.Init") // before each test
    private RedisStore store;

    @BeforeEach
    void start() throws IOException {
        node = new HangingUp();
        Duration patience = Duration.ofSeconds(30);
        Node one = new Node("127.0.0.1", node.port());
        Node same = new Node("127.0.0.1", node.port());
        store =
                new RedisStore(
                        new RedisSettings(
                                List.of(one, same),
                                null,
                                null,
                                null,
                                "test:",
                                4,
                                patience,
                                patience,
                                patience),
                        SystemTime.ofProcess());
    }

    @AfterEach
    void stop() throws IOException {
        store.close();
        node.close();
    }

    @Test
    void aChangeWhoseAnswerIsLostIsNotSentAgain() {
        Answer answer = ask(new Request.Incr(KEY, 50, 0));

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Failed.class, it -> assertThat(it.why()).isEqualTo(Why.UNAVAILABLE));
        assertThat(node.commands()).containsExactly("EVALSHA");
    }

    @Test
    void aReadWhoseAnswerIsLostIsTriedOnceMore() {
        assertThat(ask(new Request.Get(KEY))).isInstanceOf(Answer.Failed.class);

        assertThat(node.commands()).containsExactly("GET", "GET");
    }

    private Answer ask(Request request) {
        return store.ask(request).orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** A node that has all slots, and hangs up where a command has a key. */
    private static final class HangingUp implements AutoCloseable {
        private final ServerSocket server =
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<String> commands = new CopyOnWriteArrayList<>();

        HangingUp() throws IOException {
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return server.getLocalPort();
        }

        /** Those with a key. */
        List<String> commands() {
            return commands;
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> serve(socket));
                }
            } catch (IOException e) {
                assertThat(server.isClosed()).isTrue();
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
                for (String first; (first = in.readLine()) != null; ) {
                    List<String> words = new ArrayList<>();
                    for (int i = Integer.parseInt(first.substring(1)); i > 0; i--) {
                        in.readLine(); // its length
                        words.add(in.readLine());
                    }
                    String command = words.getFirst().toUpperCase(Locale.ROOT);
                    String reply =
                            switch (command) {
                                case "CLUSTER" ->
                                        "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:%d\r\n"
                                                .formatted(port());
                                case "HELLO" ->
                                        "*6\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.4.0\r\n$5\r\nproto\r\n:2\r\n";
                                case "CLIENT", "READONLY" -> "+OK\r\n";
                                case "PING" -> "+PONG\r\n";
                                default -> "";
                            };
                    if (reply.isEmpty()) {
                        commands.add(command);
                        return;
                    }
                    socket.getOutputStream().write(reply.getBytes(UTF_8));
                }
            } catch (IOException e) {
                return; // the store has hung up
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
