package io.moondial;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.moondial.channel.Address;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** A whole engine on the embedded network, with a folder of rules and scripts that people save. */
final class LiveEngine implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final String RULES =
            """
            process: {triggers: [{script_key: main}]}
            script: {reload_interval: 10ms}
            """;

    final List<String> log = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("reload");
    private final AppenderBase<ILoggingEvent> keeper =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    log.add(event.getFormattedMessage().replace(folder + "/", ""));
                }
            };
    private final Map<Handset, BlockingQueue<Screen>> screens = new ConcurrentHashMap<>();
    final Path folder;
    final Engine engine;

    private LiveEngine(Path folder) {
        this.folder = folder;
        try {
            engine = new Engine(Configuration.read(folder.resolve("rules.yaml")));
        } catch (ConfigurationException e) {
            throw new AssertionError(e);
        }
        keeper.start();
        logger.addAppender(keeper);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false); // expected errors, and a line for each of a thousand reloads
        engine.start();
    }

    /** An engine where every code runs this script. */
    static LiveEngine running(Path folder, String lua) {
        save(folder, "rules.yaml", RULES);
        save(folder, "scripts/main.lua", lua);
        return new LiveEngine(folder);
    }

    /** Follows changes from now on, and has looked at everything once. */
    LiveEngine following() {
        engine.followChanges(rules -> {});
        return this;
    }

    LiveEngine save(String name, String content) {
        save(folder, name, content);
        return this;
    }

    LiveEngine save(String name, byte[] content) {
        save(folder, name, content);
        return this;
    }

    private static void save(Path folder, String name, String content) {
        save(folder, name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** As an editor does: beside it, then in its place. */
    private static void save(Path folder, String name, byte[] content) {
        Path file = folder.resolve(name);
        try {
            Files.createDirectories(file.getParent());
            Path beside =
                    Files.write(file.resolveSibling("." + file.getFileName() + ".new"), content);
            Files.move(
                    beside,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Handset dial(String code) {
        BlockingQueue<Screen> seen = new LinkedBlockingQueue<>();
        try {
            Handset handset =
                    Handset.begin(
                            engine.handsets(),
                            new FarSide.Call(
                                    Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                    UssdString.encode(code, Dcs.UNSPECIFIED),
                                    Address.international("27761485722"),
                                    null,
                                    null,
                                    6),
                            seen::add);
            screens.put(handset, seen);
            return handset;
        } catch (UnsendableText e) {
            throw new AssertionError(e);
        }
    }

    Screen next(Handset handset) {
        try {
            Screen screen =
                    requireNonNull(screens.get(handset))
                            .poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (screen == null) {
                throw new AssertionError("no screen came");
            }
            if (screen.isLast()) {
                screens.remove(handset);
            }
            return screen;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What a dialog gets that begins now: its final text, or the word for its end. */
    String answer() {
        Screen screen = next(dial("*1#"));
        return screen instanceof Screen.Respond(String text) ? text : screen.word();
    }

    void awaitAnswer(String text) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(answer()).isEqualTo(text));
    }

    void awaitLog(String pattern) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(log).anySatisfy(l -> assertThat(l).matches(pattern)));
    }

    /** How many log lines hold this. */
    long logged(String part) {
        return log.stream().filter(line -> line.contains(part)).count();
    }

    long counted(String name) {
        return engine.counters().value(name);
    }

    @Override
    public void close() {
        engine.close();
        logger.detachAppender(keeper);
        logger.setAdditive(true);
    }
}
