package io.moondial.modules.kv;

import io.moondial.config.Checked;
import io.moondial.config.Key;
import io.moondial.config.PemFile;
import io.moondial.config.Schema;
import io.moondial.config.Secret;
import io.moondial.config.Section;
import io.moondial.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code kv} of the rules file.
 *
 * @param buckets empty: any bucket may be used
 */
@Settings(
        "Values that outlive a dialog: what kv.get, kv.set and the others work with. With another store, or another file, the values are others: nothing is copied. Calls under way end on the store that they began on.")
record KvSettings(
        @Key(
                        value =
                                "Where values are. sqlite: in a file. memory: in this process, lost at its end; for tests and demonstrations. redis: in Redis 6 or newer, or in Valkey.",
                        unset = "sqlite")
                Store store,
        @Key(
                        value =
                                "The file of the store sqlite. It is made when kv is first used. On a local disk, not on one of the network.",
                        unset = "state/kv.db")
                Path file,
        @Key(
                        value = "How long a call may take. Then it returns timeout.",
                        unset = "2s",
                        from = "1ms",
                        to = "1m")
                Duration timeout,
        @Key(
                        value = "The largest value, encoded. A larger one returns too_large.",
                        unset = "64KiB",
                        from = "1KiB",
                        to = "1MiB")
                int maxValue,
        @Key(
                        value = "The longest key. A longer one is a Lua error.",
                        unset = "512B",
                        from = "16B",
                        to = "4KiB")
                int maxKey,
        @Key(
                        value =
                                "How many calls of scripts may be under way at once. Beyond it they return unavailable. As many of the engine's own calls may be under way beside them.",
                        unset = "10000",
                        from = "1",
                        to = "1000000")
                int maxWaiting,
        @Key(
                        value =
                                "What a power cut may lose at most, in the store sqlite: so long after a change it is on the disk at the latest. 0s: each change is on the disk before the script goes on, which is much slower.",
                        unset = "100ms",
                        from = "0s",
                        to = "10s")
                Duration syncInterval,
        @Key(
                        value =
                                "How often values that have expired are deleted from the file. Scripts do not see them from the moment on at which they expire.",
                        unset = "1m",
                        from = "1s",
                        to = "1d")
                Duration sweepInterval,
        @Key("The limits of the store memory.") MemorySettings memory,
        @Key("The servers of the store redis.") @Nullable RedisSettings redis,
        @Key(
                        value =
                                "The buckets that scripts may use. If any is listed, another one is an error: at check where the script writes its name, and in the script.",
                        unsetIs = "every name may be used",
                        example = "language",
                        matches = KvSettings.BUCKET,
                        allowed = KvSettings.BUCKET_ALLOWED)
                Map<String, BucketSettings> buckets)
        implements Checked {
    static final String BUCKET = "[A-Za-z][A-Za-z0-9_.-]{0,63}";
    static final String BUCKET_ALLOWED =
            "the name of a bucket: a letter, then up to 63 of letters, digits, _, . and -";

    /** Where values are. */
    enum Store {
        SQLITE,
        MEMORY,
        REDIS;

        /** As the rules write it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Limits of the store in memory. */
    @Settings("The limits of the store memory.")
    record MemorySettings(
            @Key(
                            value =
                                    "How many keys there may be. Beyond it calls return unavailable.",
                            unset = "100000",
                            from = "1",
                            to = "10000000")
                    int maxKeys,
            @Key(
                            value = "How much memory keys and values may take, about.",
                            unset = "64MiB",
                            from = "1MiB",
                            to = "16GiB")
                    long maxSize) {}

    /** Servers. */
    @Settings("The servers of the store redis.")
    record RedisSettings(
            @Key(
                            value =
                                    "Where Redis listens. One: a server by itself. Several: nodes of a cluster, from which the engine learns the others.",
                            matches = RedisSettings.NODE,
                            example = "[10.0.0.1:6379]",
                            allowed = "a host and a port, such as \"10.0.0.1:6379\"")
                    List<String> nodes,
            @Key(value = "The user (Redis ACL).", unsetIs = "the default user", example = "ussd")
                    @Nullable String user,
            @Key(
                            value = "The password.",
                            unsetIs = "none is asked for",
                            example = "{file: secrets/redis}")
                    @Nullable Secret password,
            @Key("Whether TLS is used, and whom to trust. Without it, everything goes in clear.")
                    @Nullable TlsSettings tls,
            @Key(
                            value =
                                    "What every key in Redis begins with; the bucket and a colon follow. Engines with the same prefix share their values.",
                            unset = "moondial:",
                            matches = "[!-~]{1,64}",
                            allowed = "1 to 64 ASCII characters without blanks")
                    String prefix,
            @Key(
                            value = "How many connections there may be with each node.",
                            unset = "32",
                            from = "1",
                            to = "1000")
                    int pool,
            @Key(
                            value =
                                    "How long a call waits for a free connection. Then it returns unavailable.",
                            unset = "500ms",
                            from = "1ms",
                            to = "1m")
                    Duration acquireTimeout,
            @Key(
                            value = "How long making a connection may take.",
                            unset = "1s",
                            from = "1ms",
                            to = "1m")
                    Duration connectTimeout)
            implements Checked {
        static final String NODE = "([A-Za-z0-9._-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}";
        private static final int LARGEST_PORT = 65_535;

        RedisSettings {
            nodes = List.copyOf(nodes);
        }

        @Override
        public void check(Section redis) {
            for (String node : nodes) {
                int port = port(node);
                if (port < 1 || port > LARGEST_PORT) {
                    redis.refuse("nodes", node + ": a port is from 1 to " + LARGEST_PORT);
                }
            }
            if (user != null && !redis.has("password")) {
                redis.refuse("user", "a user needs a password");
            }
        }

        static int port(String node) {
            return Integer.parseInt(node.substring(node.lastIndexOf(':') + 1));
        }

        static String host(String node) {
            String host = node.substring(0, node.lastIndexOf(':'));
            return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        }
    }

    /** Whom to trust. */
    @Settings("TLS towards Redis. The certificate must be for the host that nodes names.")
    record TlsSettings(
            @Key(
                            value = "A PEM file with the authorities that are trusted.",
                            unsetIs = "those that Java trusts",
                            structure = PemFile.Written.class,
                            example = "pki/redis-ca.pem")
                    @Nullable PemFile ca) {}

    /** One bucket. */
    @Settings("One bucket.")
    record BucketSettings(
            @Key(
                            value = "How long a value is kept if the script does not say.",
                            unsetIs = "until it is deleted",
                            example = "90d",
                            from = "1ms",
                            to = "3650d")
                    @Nullable Duration ttl) {}

    /** How the section is read and written. */
    static Schema<KvSettings> schema() {
        return Schema.of(KvSettings.class, new PemFile.Written());
    }

    KvSettings {
        buckets = Map.copyOf(buckets);
    }

    @Override
    public void check(Section kv) {
        if (store == Store.REDIS && redis == null && !kv.has("redis")) {
            kv.refuse("store", "redis needs the section redis, with its nodes");
        }
        if (store != Store.REDIS && kv.has("redis")) {
            kv.warn("redis", "it is not used: store is " + store.word());
        }
        if (store != Store.MEMORY) {
            for (String key : List.of("max_keys", "max_size")) {
                if (kv.section("memory").has(key)) {
                    kv.section("memory").warn(key, "it is not used: store is " + store.word());
                }
            }
        }
        if (store != Store.SQLITE) {
            for (String key : List.of("file", "sync_interval", "sweep_interval")) {
                if (kv.has(key)) {
                    kv.warn(key, "it is not used: store is " + store.word());
                }
            }
        }
        if (redis != null) {
            refuseLonger(kv, "acquire_timeout", redis.acquireTimeout());
            refuseLonger(kv, "connect_timeout", redis.connectTimeout());
        }
    }

    private void refuseLonger(Section kv, String key, Duration wait) {
        if (wait.compareTo(timeout) > 0 && kv.section("redis").has(key)) {
            kv.section("redis")
                    .refuse(
                            key,
                            "longer than timeout of kv, which includes it; allowed is at most that");
        }
    }

    /** The same, with values in this process. */
    KvSettings inMemory() {
        return new KvSettings(
                Store.MEMORY,
                file,
                timeout,
                maxValue,
                maxKey,
                maxWaiting,
                syncInterval,
                sweepInterval,
                memory,
                redis,
                buckets);
    }

    /**
     * How long a value of a bucket is kept if the script does not say, in milliseconds; 0: for
     * good.
     */
    long ttlOf(String bucket) {
        BucketSettings known = buckets.get(bucket);
        return known == null || known.ttl() == null ? 0 : known.ttl().toMillis();
    }
}
