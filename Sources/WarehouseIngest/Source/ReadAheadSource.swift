import Dispatch
import Synchronization
import WarehouseBasics
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads another source on a thread of its own, a few buffers ahead: decompression and parsing then take turns on
/// two cores instead of one. Memory is bounded by the ring; an error arrives where it arose, behind the bytes
/// before it.
public final class ReadAheadSource: ByteSource {
    private let ring: Ring
    private var thread: pthread_t?
    private var slot = 0
    /// Offset in the current slot; nil when the next slot must be waited for.
    private var offset: Int?

    public init(_ source: any ByteSource, bufferBytes: Int = 1 << 20, bufferCount: Int = 3) throws(WarehouseError) {
        ring = Ring(source, bufferBytes: bufferBytes, bufferCount: bufferCount)
        try start()
    }

    deinit {
        ring.isCancelled.store(true, ordering: .releasing)
        ring.free.signal()
        if let thread { pthread_join(thread, nil) }
    }

    public var bytesConsumed: Int { ring.bytesConsumed.load(ordering: .relaxed) }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            if offset == nil {
                ring.filled.wait()
                offset = 0
            }
            let current = ring.slots[slot], start = offset ?? 0
            if start < current.count {
                let count = min(buffer.count, current.count - start)
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: current.buffer[start..<start + count]))
                offset = start + count
                return count
            }
            // The last slot is kept, so that reads behind the end see the end again.
            if let error = current.error { throw error }
            if current.isLast { return 0 }
            offset = nil
            slot = (slot + 1) % ring.slots.count
            ring.free.signal()
        }
    }

    private func start() throws(WarehouseError) {
        let argument = Unmanaged.passRetained(ring).toOpaque()
        #if canImport(Glibc)
        var handle = pthread_t()
        let status = pthread_create(&handle, nil, { raw in
            if let raw { Unmanaged<Ring>.fromOpaque(raw).takeRetainedValue().run() }
            return nil
        }, argument)
        #else
        var handle: pthread_t?
        let status = pthread_create(&handle, nil, { raw in
            Unmanaged<Ring>.fromOpaque(raw).takeRetainedValue().run()
            return nil
        }, argument)
        #endif
        guard status == 0 else {
            Unmanaged<Ring>.fromOpaque(argument).release()
            throw WarehouseError(
                .memoryLimit, "No thread can be started to read ahead: \(String(cString: strerror(status))).")
        }
        thread = handle
    }
}

/// The buffers between the two threads. A slot belongs to the reading thread between a wait on `free` and a signal of
/// `filled`, and to the consumer between a wait on `filled` and a signal of `free`: hence unchecked.
private final class Ring: @unchecked Sendable {
    final class Slot {
        let buffer: UnsafeMutableRawBufferPointer
        var count = 0
        var isLast = false
        var error: (any Error)?

        init(_ size: Int) { buffer = .allocate(byteCount: size, alignment: 16) }
        deinit { buffer.deallocate() }
    }

    let slots: [Slot]
    let free = DispatchSemaphore(value: 0)
    let filled = DispatchSemaphore(value: 0)
    let isCancelled = Atomic(false)
    let bytesConsumed = Atomic(0)
    private let source: any ByteSource

    init(_ source: any ByteSource, bufferBytes: Int, bufferCount: Int) {
        self.source = source
        slots = (0..<max(2, bufferCount)).map { _ in Slot(max(1, bufferBytes)) }
        for _ in slots { free.signal() }
    }

    func run() {
        var index = 0
        while true {
            free.wait()
            if isCancelled.load(ordering: .acquiring) { return }
            let slot = slots[index]
            slot.count = 0
            fill(slot)
            bytesConsumed.store(source.bytesConsumed, ordering: .relaxed)
            let isLast = slot.isLast
            filled.signal()
            if isLast { return }
            index = (index + 1) % slots.count
        }
    }

    private func fill(_ slot: Slot) {
        do {
            while slot.count < slot.buffer.count {
                let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: slot.buffer[slot.count...]))
                if count == 0 {
                    slot.isLast = true
                    return
                }
                slot.count += count
            }
        } catch {
            slot.error = error
            slot.isLast = true
        }
    }
}
