#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics
import WarehouseIngest

/// An open descriptor, such as standard input, as a source of bytes. It is not closed.
final class DescriptorSource: ByteSource {
    private let descriptor: CInt
    private let name: String
    private(set) var bytesConsumed = 0

    init(_ descriptor: CInt = STDIN_FILENO, name: String = "standard input") {
        self.descriptor = descriptor
        self.name = name
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 {
                bytesConsumed += count
                return count
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&wait, 1, -1)
            case let code:
                throw WarehouseError(.inputOutput, "\(name) cannot be read: \(String(cString: strerror(code))).")
            }
        }
    }
}
