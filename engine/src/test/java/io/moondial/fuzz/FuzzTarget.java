package io.moondial.fuzz;

/** Something that is fed octets of any kind, and says where it was harmed. Used by one thread. */
public interface FuzzTarget extends AutoCloseable {
    /**
     * Takes one input in.
     *
     * @throws Finding where it did harm; the target is not used any further then
     */
    void accept(byte[] input) throws Exception;

    @Override
    default void close() {}
}
