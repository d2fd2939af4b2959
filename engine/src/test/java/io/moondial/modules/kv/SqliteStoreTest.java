package io.moondial.modules.kv;

import static io.moondial.modules.kv.KvStore.Answer.Done.YES;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.modules.kv.KvStore.Answer.Counted;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.modules.kv.SqliteStore.SqliteSettings;
import io.moondial.time.LeapingTime;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store in a file: it conforms. */
class SqliteStoreTest extends StoreConformance {
    @TempDir Path folder;
    final LeapingTime time = new LeapingTime();

    @Override
    KvStore open() {
        return new SqliteStore(settings(), time);
    }

    private SqliteSettings settings() {
        return new SqliteSettings(
                folder.resolve("state/kv.db"),
                Duration.ofSeconds(30),
                Duration.ofMillis(100),
                Duration.ofMinutes(1));
    }

    @Override
    void outlive(long millis) {
        time.leap(Duration.ofMillis(millis));
    }

    @AfterEach
    void stopTime() {
        time.close();
    }

    @Test
    void no_file_is_made_before_the_first_use() {
        assertThat(folder).isEmptyDirectory();
        assertThat(store.condition().state()).isEqualTo("unused");
        get(key);
        assertThat(folder.resolve("state/kv.db")).exists();
        assertThat(store.condition().state()).isEqualTo("open");
    }

    @Test
    void what_is_kept_survives_a_restart() {
        set(key, "one", 0);
        ask(new Request.Incr(key("counted"), 5, HOUR));
        set(key("short"), "x", 150);
        store.close();
        time.leap(Duration.ofMillis(150));
        store = open();
        assertThat(get(key)).isEqualTo(found("one"));
        assertThat(incr(key("counted"), 1)).isEqualTo(new Counted(6));
        assertThat(get(key("short"))).isEqualTo(found(null));
        assertThat(folder.resolve("state/kv.db")).exists();
    }

    @Test
    void two_stores_share_a_file() throws Exception {
        try (KvStore other = open()) {
            set(key, "one", 0);
            assertThat(ask(other, new Request.Get(key))).isEqualTo(found("one"));
            atOnce(
                    8,
                    i -> {
                        for (int n = 0; n < 100; n++) {
                            ask(i % 2 == 0 ? store : other, new Request.Incr(key("n"), 1, 0));
                        }
                    });
            assertThat(get(key("n"))).isEqualTo(found("800"));
            assertThat(ask(other, new Request.Set(key, text("two"), 0))).isEqualTo(YES);
            assertThat(get(key)).isEqualTo(found("two"));
        }
    }
}
