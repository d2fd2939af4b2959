package io.moondial.fuzz;

/**
 * That reading takes memory in proportion to what is read, and so work too.
 *
 * @param base octets that any input may take, on all threads together
 * @param perOctet further ones for each octet of it
 */
public record Bounded(long base, long perOctet) {
    private static final int TIMES = 4;

    /** What is measured. */
    @FunctionalInterface
    public interface Reading {
        void run() throws Exception;
    }

    /**
     * Runs this.
     *
     * @throws Finding where it throws, or takes too much each time that it is tried: at first,
     *     classes are loaded
     */
    public void run(int octets, Reading reading) {
        long most = base + octets * perOctet;
        long least = Long.MAX_VALUE;
        for (int time = 0; time < TIMES && least > most; time++) {
            Allocation allocation = new Allocation();
            try {
                reading.run();
            } catch (Finding finding) {
                throw finding;
            } catch (Throwable escaped) {
                throw new Finding(escaped);
            }
            least = Math.min(least, allocation.soFar());
        }
        Finding.unless(least <= most, "allocates too much for its octets", octets, least);
    }
}
