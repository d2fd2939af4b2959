package io.moondial.modules.kv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.moondial.script.lua.LuaString;
import io.moondial.text.LogText;
import io.moondial.time.Time;
import java.io.ByteArrayOutputStream;
import java.net.SocketTimeoutException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.StaticCommandFlagsRegistry;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.executors.ClusterCommandExecutor;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.util.Pool;

/**
 * Values in Redis 6 or newer, or in Valkey: one server, or a cluster if several nodes are named.
 * What {@link KvStore.Request#on} says in Java is said here by commands of Redis and by Lua scripts
 * that run in it.
 *
 * <p>Each request has a virtual thread, and one of a bounded number of connections. A request that
 * gets none in time is answered with {@code unavailable}.
 *
 * <p>A whole number is kept as its digits, so that Redis itself adds to it: {@code INCRBY} has 64
 * bits, where the numbers of a script in Redis have 53.
 *
 * <p>A connection that has failed takes the idle ones with it: after a restart of the server all of
 * them are broken. What only reads is then tried once more. What changes something is not: nobody
 * knows whether it has happened.
 */
final class RedisStore implements KvStore {
    private static final Logger log = LoggerFactory.getLogger(RedisStore.class);

    /** Servers close connections that idle (their key {@code timeout}): ours are closed before. */
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(30);

    private static final Duration IDLE_CHECK = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int LONGEST_DETAIL = 300;
    private static final int CLUSTER_ATTEMPTS = 3;

    private static final LuaString SCAN_START = LuaString.of("0");

    private static final Script CAS =
            new Script(
                    """
                    local present = redis.call('GET', KEYS[1])
                    if ARGV[1] == '' then
                      if present then return 0 end
                    elseif present ~= string.sub(ARGV[1], 2) then
                      return 0
                    end
                    if ARGV[2] == '' then
                      redis.call('DEL', KEYS[1])
                    elseif present and ARGV[4] == '0' then
                      redis.call('SET', KEYS[1], string.sub(ARGV[2], 2), 'KEEPTTL')
                    elseif ARGV[3] == '0' then
                      redis.call('SET', KEYS[1], string.sub(ARGV[2], 2))
                    else
                      redis.call('SET', KEYS[1], string.sub(ARGV[2], 2), 'PX', ARGV[3])
                    end
                    return 1
                    """);

    /** The digits come from GET: as a number of the script they would lose some. */
    private static final Script INCR =
            new Script(
                    """
                    local new = redis.call('EXISTS', KEYS[1]) == 0
                    local sum = redis.pcall('INCRBY', KEYS[1], ARGV[1])
                    if type(sum) == 'table' then
                      if string.find(sum.err, 'overflow') then return 'overflow' end
                      if string.find(sum.err, 'not an integer') then return 'not whole' end
                      return sum
                    end
                    if new and ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
                    return redis.call('GET', KEYS[1])
                    """);

    private final RedisSettings settings;
    private final Semaphore connections;
    private final Health health;
    private @Nullable UnifiedJedis client;

    /** Of a cluster. */
    private volatile @Nullable ClusterConnectionProvider nodes;

    private volatile boolean used;

    /**
     * What it is made with.
     *
     * @param nodes one: a server by itself; several: nodes of a cluster
     * @param user null: the default one
     * @param password null: none is asked for
     * @param tls null: in clear
     * @param prefix of every key
     * @param connections at the same time, with each node
     * @param acquire how long one of them is waited for
     * @param timeout of an answer
     */
    record RedisSettings(
            List<Node> nodes,
            @Nullable String user,
            @Nullable String password,
            @Nullable SSLContext tls,
            String prefix,
            int connections,
            Duration acquire,
            Duration connect,
            Duration timeout) {
        RedisSettings {
            nodes = List.copyOf(nodes);
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Redis at "
                    + nodes.stream()
                            .map(it -> it.host() + ":" + it.port())
                            .collect(Collectors.joining(", "));
        }
    }

    /** Where a server listens. */
    record Node(String host, int port) {}

    /** Lua that runs in Redis. */
    private static final class Script {
        private final byte[] text;
        private final byte[] sha1;

        Script(String lua) {
            text = lua.getBytes(UTF_8);
            sha1 = sha1(lua);
        }

        private static byte[] sha1(String text) {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8));
                return HexFormat.of().formatHex(digest).getBytes(UTF_8);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-1", e);
            }
        }

        Object run(UnifiedJedis redis, byte[] key, byte[]... arguments) {
            byte[][] all = new byte[arguments.length + 1][];
            all[0] = key;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            try {
                return redis.evalsha(sha1, 1, all);
            } catch (JedisNoScriptException e) {
                return redis.eval(text, 1, all); // and Redis knows it from now on
            }
        }
    }

    RedisStore(RedisSettings settings, Time time) {
        this.settings = settings;
        this.connections = new Semaphore(settings.connections(), true);
        this.health = new Health(log, settings + " cannot be used", PAUSE, time);
    }

    @Override
    public CompletableFuture<Answer> ask(Question question) {
        used = true;
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Thread.ofVirtual().name("kv-redis").start(() -> answer(question, answer));
        return answer;
    }

    private void answer(Question question, CompletableFuture<Answer> answer) {
        try {
            if (!connections.tryAcquire(settings.acquire().toNanos(), TimeUnit.NANOSECONDS)) {
                answer.complete(
                        new Answer.Failed(
                                Why.UNAVAILABLE,
                                "all %d connections with %s are in use (pool), and none became free within %d ms (acquire_timeout)"
                                        .formatted(
                                                settings.connections(),
                                                settings,
                                                settings.acquire().toMillis())));
                return;
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a request", e);
        }
        try {
            if (!answer.isDone()) {
                answer.complete(answer(question));
            }
        } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e);
        } finally {
            connections.release();
        }
    }

    private Answer answer(Question question) {
        UnifiedJedis redis;
        try {
            redis = client();
        } catch (Unusable e) {
            return e.answer;
        } catch (JedisException e) {
            return failed(e);
        }
        try {
            return answered(redis, question);
        } catch (JedisConnectionException e) {
            closeIdle(redis);
            if (!question.reads() || isTimeout(e)) {
                return failed(e);
            }
        } catch (JedisException e) {
            return failed(e);
        }
        try {
            return answered(redis, question);
        } catch (JedisException e) {
            return failed(e);
        }
    }

    private Answer answered(UnifiedJedis redis, Question question) {
        Answer answer;
        try {
            answer =
                    switch (question) {
                        case Request request -> ask(redis, request);
                        case Page page -> list(redis, page);
                    };
        } catch (Unanswered e) {
            throw e.lost;
        }
        health.worked();
        return answer;
    }

    private Answer ask(UnifiedJedis redis, Request request) {
        byte[] key = key(request.key());
        return switch (request) {
            case Request.Get _ -> {
                byte @Nullable [] value = redis.get(key);
                yield new Answer.Found(value == null ? null : LuaString.ofOctets(value));
            }
            case Request.Set set -> {
                redis.set(key, set.value().toOctets(), expiring(set.ttl()));
                yield Answer.Done.YES;
            }
            case Request.Add add ->
                    Answer.Done.of(
                            redis.set(key, add.value().toOctets(), expiring(add.ttl()).nx())
                                    != null);
            case Request.Cas cas ->
                    Answer.Done.of(
                            CAS.run(
                                            redis,
                                            key,
                                            perhaps(cas.old()),
                                            perhaps(cas.next()),
                                            digits(cas.ttl()),
                                            digits(cas.renews() ? 1 : 0))
                                    .equals(1L));
            case Request.Incr incr ->
                    sum((byte[]) INCR.run(redis, key, digits(incr.by()), digits(incr.ttl())));
            case Request.Delete _ -> Answer.Done.of(redis.del(key) > 0);
            case Request.Ttl _ -> left(redis.pttl(key));
        };
    }

    /**
     * How far a listing is: what the nodes still have, and the names that were given. SCAN can say
     * a name more than once.
     *
     * @param nodes those that have not said all, the one that is asked now first
     * @param at where the first of them goes on: what it said
     */
    private record Scan(Deque<Pool<Connection>> nodes, LuaString at, Set<LuaString> given)
            implements Cursor {}

    private Answer list(UnifiedJedis redis, Page page) {
        Scan scan =
                page.from() == null
                        ? new Scan(new ArrayDeque<>(nodes(redis)), SCAN_START, new HashSet<>())
                        : (Scan) page.from();
        byte[] start = key(new KvKey(page.bucket(), page.prefix()));
        int bucket = start.length - page.prefix().length();
        ScanParams params = new ScanParams().match(pattern(start)).count(Page.ENTRIES);
        List<Entry> entries = new ArrayList<>();
        ScanResult<byte[]> said;
        try (Jedis node = new Jedis(scan.nodes().getFirst().getResource())) {
            said = node.scan(scan.at().toOctets(), params);
            List<byte[]> keys = new ArrayList<>(said.getResult());
            keys.removeIf(it -> scan.given().contains(name(it, bucket)));
            List<byte @Nullable []> values = values(redis, node.getConnection(), keys);
            for (int i = 0; i < values.size(); i++) {
                byte[] value = values.get(i);
                LuaString name = name(keys.get(i), bucket);
                if (value != null && scan.given().add(name)) {
                    entries.add(new Entry(name, LuaString.ofOctets(value)));
                }
            }
        }
        LuaString next = LuaString.ofOctets(said.getCursorAsBytes());
        if (said.isCompleteIteration()) {
            scan.nodes().removeFirst();
            next = SCAN_START;
        }
        return new Answer.Listed(
                entries,
                scan.nodes().isEmpty() ? null : new Scan(scan.nodes(), next, scan.given()));
    }

    /** Those that keep something by themselves: none that only copies another one. */
    private Collection<? extends Pool<Connection>> nodes(UnifiedJedis redis) {
        return switch (redis) {
            case RedisClient server -> List.of(server.getPool());
            case RedisClusterClient cluster -> {
                cluster.refreshClusterTopology();
                yield requireNonNull(nodes).getPrimaryNodes().values();
            }
            default -> throw unknown(redis);
        };
    }

    private static IllegalStateException unknown(UnifiedJedis redis) {
        return new IllegalStateException("no client of ours: " + redis.getClass());
    }

    /** The values of keys of one node; null: it is gone, or no string. */
    private static List<byte @Nullable []> values(
            UnifiedJedis redis, Connection node, List<byte[]> keys) {
        List<Response<byte[]>> responses = new ArrayList<>(keys.size());
        try (Pipeline pipeline = new Pipeline(node, false)) {
            keys.forEach(it -> responses.add(pipeline.get(it)));
        }
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        for (int i = 0; i < responses.size(); i++) {
            values.add(value(redis, keys.get(i), responses.get(i)));
        }
        return values;
    }

    private static byte @Nullable [] value(
            UnifiedJedis redis, byte[] key, Response<byte[]> response) {
        try {
            return response.get();
        } catch (JedisRedirectionException e) {
            return redis.get(key); // it moves to another node just now
        }
    }

    /** The name in what Redis calls the key. */
    private static LuaString name(byte[] key, int from) {
        return LuaString.ofOctets(Arrays.copyOfRange(key, from, key.length));
    }

    /** What takes everything that begins with these octets. */
    private static byte[] pattern(byte[] start) {
        ByteArrayOutputStream pattern = new ByteArrayOutputStream();
        for (byte octet : start) {
            if ("*?[]\\^-".indexOf(octet) >= 0) {
                pattern.write('\\');
            }
            pattern.write(octet);
        }
        pattern.write('*');
        return pattern.toByteArray();
    }

    private byte[] key(KvKey key) {
        byte[] start = (settings.prefix() + key.bucket() + ":").getBytes(UTF_8);
        byte[] whole = new byte[start.length + key.name().length()];
        System.arraycopy(start, 0, whole, 0, start.length);
        key.name().copyTo(whole, start.length);
        return whole;
    }

    private static SetParams expiring(long ttl) {
        return ttl == 0 ? SetParams.setParams() : SetParams.setParams().px(ttl);
    }

    /** As the script takes what may be none: empty for none, otherwise with an octet in front. */
    private static byte[] perhaps(@Nullable LuaString value) {
        if (value == null) {
            return new byte[0];
        }
        byte[] marked = new byte[value.length() + 1];
        marked[0] = '=';
        value.copyTo(marked, 1);
        return marked;
    }

    private static byte[] digits(long number) {
        return Long.toString(number).getBytes(UTF_8);
    }

    private static Answer sum(byte[] said) {
        String text = new String(said, UTF_8);
        return switch (text) {
            case "overflow" -> Answer.Refused.OVERFLOW;
            case "not whole" -> Answer.Refused.NOT_WHOLE;
            default -> new Answer.Counted(Long.parseLong(text));
        };
    }

    /** As PTTL says it: -2 for no key, -1 for one that does not expire. */
    private static Answer left(long said) {
        return said == -2
                ? Answer.Left.ABSENT
                : said == -1 ? Answer.Left.FOR_GOOD : Answer.Left.of(said);
    }

    // ---- the connections

    /** There is no client, and there was none just now. */
    private static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Answer answer;

        Unusable(Answer answer) {
            super(null, null, false, false);
            this.answer = answer;
        }
    }

    /** A cluster is asked for its nodes when the client is made, so that may fail. */
    private synchronized UnifiedJedis client() throws Unusable {
        UnifiedJedis present = client;
        if (present != null) {
            return present;
        }
        Answer.Failed refusal = settings.nodes().size() > 1 ? health.refusal() : null;
        if (refusal != null) {
            throw new Unusable(refusal);
        }
        UnifiedJedis made = settings.nodes().size() == 1 ? server() : cluster();
        client = made;
        return made;
    }

    private UnifiedJedis server() {
        return RedisClient.builder()
                .hostAndPort(address(settings.nodes().getFirst()))
                .clientConfig(config())
                .poolConfig(pool())
                .build();
    }

    private UnifiedJedis cluster() {
        Set<HostAndPort> named =
                settings.nodes().stream().map(RedisStore::address).collect(Collectors.toSet());
        JedisClientConfig config = config();
        ClusterConnectionProvider provider = new ClusterConnectionProvider(named, config, pool());
        nodes = provider;
        return RedisClusterClient.builder()
                .nodes(named)
                .clientConfig(config)
                .connectionProvider(provider)
                .commandExecutor(new SendingOnce(provider, settings.timeout()))
                .build();
    }

    /**
     * Follows a cluster from node to node, and tries again where no connection could be opened. A
     * command that was sent, and whose answer is lost, is not sent again, which Jedis would do.
     */
    private static final class SendingOnce extends ClusterCommandExecutor {
        SendingOnce(ClusterConnectionProvider provider, Duration longest) {
            super(provider, CLUSTER_ATTEMPTS, longest, StaticCommandFlagsRegistry.registry());
        }

        @Override
        protected <T> T execute(Connection connection, CommandObject<T> command) {
            try {
                return super.execute(connection, command);
            } catch (JedisConnectionException e) {
                throw new Unanswered(e);
            }
        }
    }

    /** The answer of a node is lost; Jedis takes this for no fault of a connection. */
    private static final class Unanswered extends JedisException {
        private static final long serialVersionUID = 1L;
        private final JedisConnectionException lost;

        Unanswered(JedisConnectionException lost) {
            super(lost);
            this.lost = lost;
        }
    }

    private static HostAndPort address(Node node) {
        return new HostAndPort(node.host(), node.port());
    }

    private JedisClientConfig config() {
        DefaultJedisClientConfig.Builder config =
                DefaultJedisClientConfig.builder()
                        .resp2()
                        .clientName("moondial")
                        .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                        .connectionTimeoutMillis((int) settings.connect().toMillis())
                        .socketTimeoutMillis((int) settings.timeout().toMillis());
        if (settings.password() != null) {
            config.user(settings.user()).password(settings.password());
        }
        SSLContext tls = settings.tls();
        if (tls != null) {
            encrypt(config, tls);
        }
        return config.build();
    }

    @SuppressWarnings("deprecation") // what replaces it takes key stores, and ours are PEM files
    private static void encrypt(DefaultJedisClientConfig.Builder config, SSLContext tls) {
        SSLParameters parameters = new SSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the name must be right too
        config.ssl(true).sslSocketFactory(tls.getSocketFactory()).sslParameters(parameters);
    }

    private ConnectionPoolConfig pool() {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(settings.connections());
        pool.setMaxIdle(settings.connections());
        pool.setMinIdle(0);
        pool.setMaxWait(settings.acquire());
        pool.setTestWhileIdle(true);
        pool.setMinEvictableIdleDuration(LONGEST_IDLE);
        pool.setTimeBetweenEvictionRuns(IDLE_CHECK);
        pool.setNumTestsPerEvictionRun(-1);
        pool.setJmxEnabled(false);
        return pool;
    }

    private static void closeIdle(UnifiedJedis redis) {
        switch (redis) {
            case RedisClient server -> server.getPool().clear();
            case RedisClusterClient cluster ->
                    cluster.getClusterNodes().values().forEach(it -> it.clear());
            default -> throw unknown(redis);
        }
    }

    // ---- what goes wrong

    private Answer failed(JedisException e) {
        if (isTimeout(e)) {
            return health.failed(
                    Why.TIMEOUT,
                    "no answer within %d ms (timeout)".formatted(settings.timeout().toMillis()));
        }
        if (e instanceof JedisDataException) {
            return health.failed(Why.UNAVAILABLE, "it says: " + words(e));
        }
        return health.failed(Why.UNAVAILABLE, words(e));
    }

    /** Whether the command was sent, and nothing came back in time. */
    private static boolean isTimeout(JedisException e) {
        return e instanceof JedisConnectionException
                && e.getCause() instanceof SocketTimeoutException
                && !String.valueOf(e.getMessage()).startsWith("Failed to connect");
    }

    private static String words(JedisException e) {
        StringBuilder words = new StringBuilder(String.valueOf(e.getMessage()));
        for (Throwable suppressed : e.getSuppressed()) {
            words.append(": ").append(suppressed.getMessage());
        }
        if (e.getCause() != null
                && e.getCause().getMessage() != null
                && words.indexOf(e.getCause().getMessage()) < 0) {
            words.append(": ").append(e.getCause().getMessage());
        }
        String text = LogText.of(words.toString());
        return text.length() > LONGEST_DETAIL ? text.substring(0, LONGEST_DETAIL) + "..." : text;
    }

    @Override
    public Condition condition() {
        return new Condition(
                !health.isWell() ? "unavailable" : used ? "open" : "unused",
                connections.getQueueLength(),
                "connections",
                (long) settings.connections() - connections.availablePermits());
    }

    @Override
    public synchronized void close() {
        UnifiedJedis present = client;
        client = null;
        if (present != null) {
            present.close();
        }
    }
}
