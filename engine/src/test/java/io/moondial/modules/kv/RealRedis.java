package io.moondial.modules.kv;

import static org.awaitility.Awaitility.await;

import io.moondial.modules.kv.RedisStore.Node;
import io.moondial.modules.kv.RedisStore.RedisSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** A Redis server of the tests' own, in a process that can be stopped, continued and killed. */
final class RealRedis implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PORTS_TRIED = 20;

    private final int port;
    private final List<String> command;
    private Process process;

    private RealRedis(int port, List<String> command, Process process) {
        this.port = port;
        this.command = command;
        this.process = process;
    }

    /** Starts one on a free port of this host, with further settings as on its command line. */
    static RealRedis start(Path folder, String... settings) throws IOException {
        return start(folder, "--port", settings);
    }

    /** One that speaks TLS only. */
    static RealRedis startWithTls(Path folder, String... settings) throws IOException {
        return start(folder, "--tls-port", settings);
    }

    private static RealRedis start(Path folder, String portSetting, String... settings)
            throws IOException {
        for (int i = 0; i < PORTS_TRIED; i++) {
            int port = freePort();
            List<String> command = new ArrayList<>();
            command.add(Executable.PATH);
            command.addAll(
                    List.of("--bind", "127.0.0.1", "--save", "", "--dir", folder.toString()));
            if (!portSetting.equals("--port")) {
                command.addAll(List.of("--port", "0"));
            }
            command.addAll(List.of(portSetting, "" + port));
            command.addAll(List.of(settings));
            Process process = launched(command);
            if (process != null) {
                return new RealRedis(port, command, process);
            }
        }
        throw new IOException("Redis found no free port " + PORTS_TRIED + " times");
    }

    /** Null: somebody else took the port meanwhile. */
    private static @Nullable Process launched(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        StringBuilder said = new StringBuilder();
        BufferedReader output = process.inputReader();
        for (String line; (line = output.readLine()) != null; ) {
            said.append(line).append('\n');
            if (line.contains("eady to accept connections")) {
                Thread.ofPlatform().daemon().start(() -> output.lines().forEach(_ -> {}));
                return process;
            }
        }
        if (said.indexOf("Address already in use") >= 0) {
            return null;
        }
        throw new IOException("Redis does not start: " + said);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The program, unpacked once. */
    private static final class Executable {
        static final String PATH = unpacked();

        private static String unpacked() {
            try {
                return ExecutableProvider.newJarResourceProvider().get().getAbsolutePath();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    int port() {
        return port;
    }

    Node node() {
        return new Node("127.0.0.1", port);
    }

    /** Settings of a store that uses it. */
    RedisSettings settings() {
        return settings(Duration.ofSeconds(30));
    }

    RedisSettings settings(Duration timeout) {
        return new RedisSettings(
                List.of(node()), null, null, null, "test:", 16, timeout, timeout, timeout);
    }

    /** It hears nothing and says nothing from now on, but its connections stay. */
    void pause() throws IOException {
        signal("STOP");
    }

    void goOn() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
            if (exit != 0) {
                throw new IOException("kill -" + name + " failed");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As kill -9; what it held is lost. */
    void kill() {
        process.toHandle().destroyForcibly(); // Process itself would close what is read from it
        await().atMost(PATIENCE).until(() -> process.waitFor(1, TimeUnit.SECONDS));
    }

    /** Starts it again, on the same port. */
    void startAgain() {
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            Process next = launched(command);
                            if (next == null) {
                                return false;
                            }
                            process = next;
                            return true;
                        });
    }

    @Override
    public void close() {
        kill();
    }
}
