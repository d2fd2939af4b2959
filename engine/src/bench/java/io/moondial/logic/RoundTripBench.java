package io.moondial.logic;

import io.moondial.ConfigurationException;
import io.moondial.Rules;
import io.moondial.channel.DialogLink;
import io.moondial.channel.Opening;
import io.moondial.channel.Opening.Party;
import io.moondial.dialog.DialogKind;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Outgoing;
import io.moondial.edr.InstanceIds;
import io.moondial.metrics.Counters;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.ScriptHost;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import io.moondial.time.SystemTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A menu from its call to its answer, without a network: the script yields, the request is sent,
 * its timer is set, its record made; the answer comes, its record is made, the script goes on.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RoundTripBench {
    /** Of one dialog, so that its beginning and its end do not show. */
    private static final int MENUS = 1000;

    private static final String SCRIPT =
            "for i = 1, %d do assert(ussd.menu('1. Balance') == '1') end return 'Bye'"
                    .formatted(MENUS);
    private static final String RULES =
            """
            process:
              script_dir: .
              triggers:
                - script_key: main
            script:
              max_instructions: 10000000
              max_memory: 16MiB
              max_time: 10m
            """;
    private static final Party PARTY = new Party(1, 6, null, Party.ROUTE_ON_SSN);
    private static final UssdString ANSWER = text("1");
    private static final Opening OPENING =
            new Opening(
                    DialogKind.DIALLED,
                    text("*1#"),
                    "*1#",
                    null,
                    null,
                    null,
                    PARTY,
                    PARTY,
                    "00000001",
                    "02",
                    null);

    private final SystemTime time = new SystemTime();
    private final ExecutorService network = Executors.newSingleThreadExecutor();
    private @Nullable ServiceDesk desk;

    /** A far side that answers each menu, on a thread of the network's. */
    private static final class Subscriber implements DialogLink {
        private final CountDownLatch over = new CountDownLatch(1);
        private final CompletableFuture<Receiver> receiver = new CompletableFuture<>();
        private final Executor network;

        Subscriber(Executor network) {
            this.network = network;
        }

        @Override
        public Optional<String> send(Outgoing message) {
            if (message instanceof Outgoing.Ask ask) {
                network.execute(() -> answer(ask.screen()));
            } else if (message.isLast()) {
                over.countDown();
            }
            return Optional.empty();
        }

        private void answer(int screen) {
            Incoming.Part answer = new Incoming.Part.Answered(screen, ANSWER);
            receiver.join().arrived(new Incoming.Continued(List.of(answer)));
        }

        @Override
        public String localTid() {
            return "00000001";
        }

        @Override
        public void forget() {}
    }

    /** A desk whose records go nowhere. */
    @Setup
    public void open() throws IOException, ConfigurationException {
        Path folder = Files.createTempDirectory("moondial-bench");
        Path script = Files.writeString(folder.resolve("main.lua"), SCRIPT);
        Path file = Files.writeString(folder.resolve("rules.yaml"), RULES);
        Rules rules = Rules.read(file);
        ServiceDesk opened =
                new ServiceDesk(
                        (stream, edr) -> {},
                        () -> true,
                        new InstanceIds("Bench", time.now(), new Random(1)),
                        new Counters(),
                        time,
                        10);
        opened.serve(
                List.of(
                        LuaService.dialled(
                                rules.process(),
                                new ScriptHost(BuiltInModules.create(), 2).compile(folder),
                                rules.script(),
                                rules.timeZone())));
        Files.delete(file);
        Files.delete(script);
        Files.delete(folder);
        desk = opened;
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        network.close();
        time.close();
    }

    /** The answer is there before the script waits: no thread changes. */
    @Benchmark
    @OperationsPerInvocation(MENUS)
    public void answeredAtOnce() throws InterruptedException {
        converse(Runnable::run);
    }

    /**
     * The answer comes on another thread, as a network's: the script's is put to sleep and woken.
     */
    @Benchmark
    @OperationsPerInvocation(MENUS)
    public void answeredFromAThread() throws InterruptedException {
        converse(network);
    }

    private void converse(Executor answering) throws InterruptedException {
        Subscriber subscriber = new Subscriber(answering);
        subscriber.receiver.complete(Objects.requireNonNull(desk).begun(OPENING, subscriber));
        subscriber.over.await();
    }

    private static UssdString text(String text) {
        try {
            return UssdString.encode(text, Dcs.UNSPECIFIED);
        } catch (UnsendableText e) {
            throw new IllegalStateException(e);
        }
    }
}
