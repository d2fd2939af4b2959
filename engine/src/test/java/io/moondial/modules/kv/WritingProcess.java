package io.moondial.modules.kv;

import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.modules.kv.SqliteStore.SqliteSettings;
import io.moondial.script.lua.LuaString;
import io.moondial.time.SystemTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A process of its own that counts in a file, on several threads, until it is killed. It says each
 * count on its output, once the store has answered it: "THREAD COUNT".
 */
final class WritingProcess {
    static final int THREADS = 8;

    private WritingProcess() {}

    static Process start(Path file) throws IOException {
        return new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WritingProcess.class.getName(),
                                file.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static KvKey key(int thread) {
        return new KvKey("counts", LuaString.of("thread " + thread));
    }

    static SqliteSettings settings(Path file) {
        return new SqliteSettings(
                file, Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofMinutes(1));
    }

    public static void main(String[] arguments) {
        KvStore store = new SqliteStore(settings(Path.of(arguments[0])), SystemTime.ofProcess());
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            Thread.ofPlatform().start(() -> count(store, thread));
        }
    }

    private static void count(KvStore store, int thread) {
        while (true) {
            Answer answer = store.ask(new Request.Incr(key(thread), 1, 0)).join();
            String line =
                    answer instanceof Answer.Counted(long count)
                            ? thread + " " + count
                            : answer.toString();
            System.out.println(line);
        }
    }
}
