package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.moondial.metrics.Exposition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class MetricsResourceTest {
    private final CountDownLatch under = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final Routes routes = new Routes();

    private Answer read() throws Refusal, InterruptedException {
        Call call = new Call(JsonMapper.shared(), Caller.LOCAL, Map.of(), Map.of(), new byte[0]);
        Optional<Routes.Found> found = routes.find("GET", List.of("metrics"));
        return found.orElseThrow().route().action().answer(call);
    }

    private double slow() {
        under.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return 1;
    }

    @Test
    void more_scrapes_than_a_few_at_once_are_refused_and_the_next_is_made() throws Exception {
        Exposition exposition = new Exposition();
        exposition.gauge("test_slow", "Waits", List.of(), values -> values.add(slow()));
        new MetricsResource(exposition).declare(routes);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> scrapes = new ArrayList<>();
            CountDownLatch answered = new CountDownLatch(1);
            Refusal[] refused = {null};
            for (int i = 0; i <= MetricsResource.MAX_SCRAPES; i++) {
                scrapes.add(
                        threads.submit(
                                () -> {
                                    try {
                                        return read();
                                    } catch (Refusal e) {
                                        refused[0] = e;
                                        answered.countDown();
                                        return new Answer.Empty();
                                    }
                                }));
            }
            under.await();
            assertThat(answered.await(60, TimeUnit.SECONDS)).isTrue();
            goOn.countDown();
            for (Future<Answer> scrape : scrapes) {
                scrape.get(60, TimeUnit.SECONDS);
            }
            assertThat(refused[0]).isNotNull().extracting(Refusal::status).isEqualTo(429);
        }
        assertThat(read()).isInstanceOf(Answer.Octets.class);
        assertThat(catchThrowableOfType(Refusal.class, this::read)).isNull();
    }
}
