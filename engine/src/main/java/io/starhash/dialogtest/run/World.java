package io.starhash.dialogtest.run;

import io.starhash.dialog.Opening;
import io.starhash.dialogtest.language.Given;
import io.starhash.edr.Edr;
import io.starhash.edr.InstanceIds;
import io.starhash.logic.DialogWatch;
import io.starhash.logic.LuaService;
import io.starhash.logic.ServiceDesk;
import io.starhash.logic.Surroundings;
import io.starhash.metrics.Counters;
import io.starhash.rules.Rules;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * The engine as one test has it: a desk of its own, its own clock, and everything that happens
 * kept. It begins the same whenever and wherever the test is run.
 */
final class World {
    /** What the clock says where the test does not. */
    private static final OffsetDateTime START = OffsetDateTime.parse("2026-01-05T08:00:00Z");

    /** Instance id, transaction id, script. */
    private static final int IDENTITY_WORDS = 3;

    private final VirtualTime time;
    private final ServiceDesk desk;
    private final AtomicLong seed;
    private final LogLines log;
    private final List<Edr> records = new CopyOnWriteArrayList<>();
    private final Map<String, String> instances = new ConcurrentHashMap<>();
    private final Map<String, List<String>> places = new ConcurrentHashMap<>();

    World(Rules rules, List<LuaService> services, Given given, Rest rest, LogLines log) {
        this.log = log;
        log.clear();
        time = new VirtualTime(Objects.requireNonNullElse(given.time(), START), rest);
        seed = new AtomicLong(Objects.requireNonNullElse(given.seed(), 1L));
        Surroundings around =
                new Surroundings(
                        time,
                        log.loggers(),
                        () -> OptionalLong.of(seed.getAndIncrement()),
                        new Watch());
        desk =
                new ServiceDesk(
                        (stream, edr) -> records.add(edr),
                        () -> true,
                        new InstanceIds(rules.edr().appName(), time.now(), new Random(1)),
                        new Counters(),
                        around,
                        rules.dialogs().max());
        desk.serve(services);
    }

    private final class Watch implements DialogWatch {
        @Override
        public void begun(String instanceId, Opening opening) {
            instances.put(opening.remoteTid(), instanceId);
        }

        @Override
        public void sending(String instanceId, String place) {
            places.computeIfAbsent(instanceId, it -> new CopyOnWriteArrayList<>()).add(place);
        }
    }

    ServiceDesk desk() {
        return desk;
    }

    VirtualTime time() {
        return time;
    }

    /** Every record so far. */
    List<Edr> records() {
        return records;
    }

    /** The instance id of the dialog that a handset began; empty where no service claimed it. */
    String instanceOf(Call call) {
        return instances.getOrDefault(call.handset().tid(), "");
    }

    /** The records of one dialog so far. */
    List<Edr> records(Call call) {
        String instance = instanceOf(call);
        return records.stream().filter(edr -> edr.instanceId().equals(instance)).toList();
    }

    /** The log of one dialog so far. */
    List<String> log(Call call) {
        String instance = instanceOf(call);
        return instance.isEmpty()
                ? List.of()
                : log.lines().stream()
                        .filter(line -> line.dialog().startsWith(instance + " "))
                        .map(LogLines.Line::text)
                        .toList();
    }

    /** The line of a script that sent a dialog's screen of this number; empty: not known. */
    String placeOf(Call call, int screen) {
        List<String> known = places.getOrDefault(instanceOf(call), List.of());
        return screen >= 0 && screen < known.size() ? known.get(screen) : "";
    }

    /** Where the script of a dialog has last sent something from; empty: not known. */
    String lastPlace(Call call) {
        List<String> known = places.getOrDefault(instanceOf(call), List.of());
        return known.isEmpty() ? "" : known.getLast();
    }

    /** The keys of the scripts that have run to their end. */
    Set<String> scripts() {
        return log.lines().stream()
                .map(line -> line.dialog().split(" ", -1))
                .filter(identity -> identity.length == IDENTITY_WORDS)
                .map(identity -> identity[IDENTITY_WORDS - 1])
                .collect(Collectors.toSet());
    }

    /** Ends what still runs. */
    void end() throws InterruptedException {
        if (desk.openDialogs() > 0) {
            desk.stop(Duration.ZERO);
        }
    }
}
