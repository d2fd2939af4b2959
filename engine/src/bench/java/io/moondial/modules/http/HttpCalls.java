package io.moondial.modules.http;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.moondial.config.LocatedYaml;
import io.moondial.config.Problems;
import io.moondial.config.Section;
import io.moondial.modules.http.Exchange.Outcome;
import io.moondial.modules.http.Exchange.Request;
import io.moondial.modules.http.Exchange.Upstreams;
import io.moondial.time.SystemTime;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What calls of an upstream cost: how many a second get through to a stub in a process of its own,
 * over connections that stay, and the live heap of those that wait for one that does not answer.
 * Not by JMH: the figures are processor time and octets.
 */
public final class HttpCalls {
    private static final int WAITING = 10_000;
    private static final int CALLERS = 32;
    private static final int ROUND = 40_000;
    private static final int ROUNDS = 5;

    private HttpCalls() {}

    /** Measures; with the argument {@code stub} it is the stub. */
    public static void main(String... arguments) throws Exception {
        if (arguments.length > 0) {
            serve();
            return;
        }
        Process stub =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                HttpCalls.class.getName(),
                                "stub")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader said =
                new BufferedReader(
                        new InputStreamReader(stub.getInputStream(), StandardCharsets.UTF_8))) {
            int port = Integer.parseInt(said.readLine());
            HttpBackend backend = new HttpBackend();
            Upstreams upstreams = backend.start(settings(backend, port), SystemTime.ofProcess());
            PrintStream out = System.out;
            for (int i = 0; i < ROUNDS; i++) {
                out.println(throughput(upstreams));
            }
            out.println(waiting(upstreams, WAITING / 10)); // all that it runs is loaded by now
            out.println(waiting(upstreams, WAITING));
            backend.stop(upstreams);
        } finally {
            stub.destroy();
        }
    }

    private static HttpSettings settings(HttpBackend backend, int port) {
        String yaml =
                "upstreams: {stub: {url: \"http://127.0.0.1:%d\", timeout: 10m, connect_timeout: 1m, max_concurrent: 20000, retry: {attempts: 0}}}"
                        .formatted(port);
        Problems problems = new Problems(Path.of("rules.yaml"));
        return backend.settings()
                .read(
                        new Section(
                                LocatedYaml.read(
                                                new ByteArrayInputStream(
                                                        yaml.getBytes(StandardCharsets.UTF_8)),
                                                problems)
                                        .orElseThrow(),
                                problems));
    }

    private static Request get(String target) {
        return new Request(
                "stub", "GET", target, Map.of(), null, null, true, 65536, "Logic-1-00000001");
    }

    private static String throughput(Upstreams upstreams) throws InterruptedException {
        OperatingSystemMXBean machine =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        AtomicInteger left = new AtomicInteger(ROUND);
        AtomicInteger bad = new AtomicInteger();
        long cpu = machine.getProcessCpuTime();
        long octets = threads.getTotalThreadAllocatedBytes();
        long start = System.nanoTime();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(
                    Thread.startVirtualThread(
                            () -> {
                                while (left.getAndDecrement() > 0) {
                                    Outcome outcome = upstreams.call(get("/accounts/1")).join();
                                    if (!outcome.word().equals("2xx")) {
                                        bad.incrementAndGet();
                                    }
                                }
                            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        long nanos = System.nanoTime() - start;
        return String.format(
                Locale.ROOT,
                "%,.0f calls/s, %.1f us of processor and %,d octets a call, %d failed",
                ROUND * 1e9 / nanos,
                (machine.getProcessCpuTime() - cpu) / 1e3 / ROUND,
                (threads.getTotalThreadAllocatedBytes() - octets) / ROUND,
                bad.get());
    }

    private static String waiting(Upstreams upstreams, int count)
            throws InterruptedException, IOException {
        long before = liveHeap();
        List<CompletableFuture<Outcome>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(upstreams.call(get("/hang")));
        }
        TimeUnit.SECONDS.sleep(10); // until all are connected and have sent
        long each = (liveHeap() - before) / count;
        long undone = calls.stream().filter(it -> !it.isDone()).count();
        calls.forEach(it -> it.cancel(true));
        TimeUnit.SECONDS.sleep(5);
        return String.format(
                Locale.ROOT,
                "%,d of %,d calls wait: %,d octets of live heap each; %d platform threads",
                undone,
                count,
                each,
                Thread.getAllStackTraces().size());
    }

    private static long liveHeap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(200);
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    // ---- the stub

    private static void serve() throws IOException, InterruptedException {
        try (ServerSocket socket = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress())) {
            System.out.println(socket.getLocalPort());
            while (true) {
                Socket peer = socket.accept();
                peer.setTcpNoDelay(true);
                Thread.startVirtualThread(() -> serve(peer));
            }
        }
    }

    private static void serve(Socket peer) {
        byte[] answer =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{\"balance\":\"12.50\"}"
                        .getBytes(StandardCharsets.US_ASCII);
        try (peer) {
            InputStream in = new BufferedInputStream(peer.getInputStream(), 512);
            while (true) {
                StringBuilder head = new StringBuilder();
                while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
                    int octet = in.read();
                    if (octet < 0) {
                        return;
                    }
                    head.append((char) octet);
                }
                if (head.indexOf("/hang") > 0) {
                    new CountDownLatch(1).await();
                }
                peer.getOutputStream().write(answer);
            }
        } catch (IOException e) {
            // the far side is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
