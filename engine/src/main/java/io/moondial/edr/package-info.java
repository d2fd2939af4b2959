/** Event Data Records: their form, and the application that writes them to files. */
@NullMarked
package io.moondial.edr;

import org.jspecify.annotations.NullMarked;
