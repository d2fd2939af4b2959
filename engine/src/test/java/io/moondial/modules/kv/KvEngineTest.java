package io.moondial.modules.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real store behind scripts of an engine. */
class KvEngineTest {
    @TempDir Path folder;

    @BeforeEach
    void writeScript() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                """
                local request = ...
                if request.text == "*2#" then return "nothing kept" end
                local count, why = kv.incr("visits", "all")
                return tostring(count or why)
                """);
    }

    private Configuration configuration(String section) throws Exception {
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, "process: {triggers: [{script_key: main}]}\n" + section + "\n");
        return Configuration.read(rules, CompilationObserver.NONE, BuiltInModules.create());
    }

    private static @Nullable Screen dial(Engine engine, String code) throws Exception {
        BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
        Handset.begin(
                engine.handsets(),
                new FarSide.Call(
                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                        UssdString.encode(code, Dcs.UNSPECIFIED),
                        null,
                        null,
                        null,
                        6),
                screens::add);
        return screens.poll(60, TimeUnit.SECONDS);
    }

    @Test
    void what_a_dialog_keeps_the_next_engine_finds() throws Exception {
        try (Engine engine = new Engine(configuration("kv: {timeout: 1m}"))) {
            engine.start();
            assertThat(dial(engine, "*2#")).isEqualTo(new Screen.Respond("nothing kept"));
            assertThat(folder.resolve("state")).doesNotExist();
            assertThat(dial(engine, "*1#")).isEqualTo(new Screen.Respond("1"));
            assertThat(dial(engine, "*1#")).isEqualTo(new Screen.Respond("2"));
            assertThat(folder.resolve("state/kv.db")).exists();
            assertThat(engine.counters().value("calls.kv.sqlite.ok")).isEqualTo(2);
            assertThat(engine.status().outside())
                    .anySatisfy(
                            it -> {
                                assertThat(it.called()).isEqualTo("kv.sqlite");
                                assertThat(it.word()).isEqualTo("open");
                            });
        }
        try (Engine engine = new Engine(configuration("kv: {timeout: 1m}"))) {
            engine.start();
            assertThat(dial(engine, "*1#")).isEqualTo(new Screen.Respond("3"));
        }
    }

    @Test
    void a_reload_opens_another_store() throws Exception {
        CountDownLatch reloaded = new CountDownLatch(1);
        try (Engine engine = new Engine(configuration("kv: {store: sqlite, timeout: 1m}"))) {
            engine.start();
            engine.followChanges(_ -> reloaded.countDown());
            assertThat(dial(engine, "*1#")).isEqualTo(new Screen.Respond("1"));
            Path rules = folder.resolve("rules.yaml");
            Files.writeString(rules, Files.readString(rules).replace("sqlite", "memory"));
            var _ = engine.reload("olga");
            assertThat(reloaded.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(dial(engine, "*1#")).isEqualTo(new Screen.Respond("1"));
            assertThat(engine.counters().value("calls.kv.memory.ok")).isEqualTo(1);
        }
    }

    @Test
    void a_redis_that_is_down_is_no_reason_not_to_start() throws Exception {
        try (RealRedis redis = RealRedis.start(folder)) {
            redis.kill();
            try (Engine engine =
                    new Engine(
                            configuration(
                                    "kv: {store: redis, timeout: 1m, redis: {nodes: [\"127.0.0.1:%d\"], connect_timeout: 1m, acquire_timeout: 1m}}"
                                            .formatted(redis.port())))) {
                engine.start();
                assertThat(dial(engine, "*1#")).isEqualTo(new Screen.Respond("unavailable"));
                redis.startAgain();
                assertThat(dial(engine, "*1#")).isEqualTo(new Screen.Respond("1"));
                assertThat(engine.counters().value("calls.kv.redis.unavailable")).isEqualTo(1);
                assertThat(engine.counters().value("calls.kv.redis.ok")).isEqualTo(1);
            }
        }
    }
}
