package io.moondial.push;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where pushes are kept: texts under keys. No call waits; a future that fails says that the store
 * did not do it, or did not say so.
 */
public interface PushStore {
    /** Whether other engines may find here what this one keeps, and the other way round. */
    boolean isShared();

    /**
     * Keeps a text if there is none under this key.
     *
     * @param ttl how long; null: until it is changed
     * @return false if there is one
     */
    CompletableFuture<Boolean> add(String key, String text, @Nullable Duration ttl);

    /**
     * Keeps another text in the place of a certain one.
     *
     * @param ttl how long, from now on
     * @return false: there is another text, or none, and nothing has changed
     */
    CompletableFuture<Boolean> replace(String key, String old, String text, Duration ttl);

    /**
     * Keeps a text, whatever there was.
     *
     * @param ttl how long; null: until it is changed
     */
    CompletableFuture<Void> set(String key, String text, @Nullable Duration ttl);

    /** What is kept under this key. */
    CompletableFuture<Optional<String>> get(String key);

    /**
     * Gives all texts whose keys begin so, in any order.
     *
     * @param each called on one thread
     * @return completes after the last one was given
     */
    CompletableFuture<?> all(String prefix, Consumer<String> each);
}
