package io.moondial.modules.kv;

import static org.awaitility.Awaitility.await;

import io.moondial.modules.kv.KvStore.Request;
import io.moondial.time.SystemTime;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The store in a Redis server: it conforms. */
class RedisStoreTest extends StoreConformance {
    @TempDir static Path folder;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static RealRedis redis;

    @BeforeAll
    static void start() throws Exception {
        redis = RealRedis.start(folder);
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Override
    KvStore open() {
        return new RedisStore(redis.settings(), SystemTime.ofProcess());
    }

    /** A key that was set later with the same time is over later: once it is, all before it are. */
    @Override
    void outlive(long millis) {
        set(key("the last"), "x", millis);
        await().atMost(RealRedis.PATIENCE)
                .until(() -> ask(new Request.Get(key("the last"))).equals(found(null)));
    }
}
