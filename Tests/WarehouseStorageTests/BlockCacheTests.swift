import Dispatch
import Testing
@testable import WarehouseColumns

@Suite struct BlockCacheTests {
    @Test func sizesHoldWhatWasAskedFor() throws {
        var previous = (index: -1, bytes: 0)
        for bytes in stride(from: BlockCache.smallest, through: BlockCache.largest, by: 4099) {
            let found = try #require(BlockCache.sizeClass(bytes))
            #expect(found.bytes >= bytes && found.bytes <= bytes + bytes / 4)
            #expect(found == previous || found.index > previous.index && found.bytes > previous.bytes)
            previous = found
        }
        #expect(BlockCache.sizeClass(BlockCache.largest)?.bytes == BlockCache.largest)
        #expect(BlockCache.sizeClass(BlockCache.smallest - 1) == nil)
        #expect(BlockCache.sizeClass(BlockCache.largest + 1) == nil)
    }

    /// Blocks are taken between begin and end only, and do not pile up.
    @Test func blocksAreFreedInTheBackground() {
        let reclaimer = BlockReclaimer(), bytes = 3 << 20
        func give() -> Bool {
            let block = PageMemory.allocate(bytes)
            block.storeBytes(of: 7, as: Int.self)
            let isTaken = reclaimer.takes(block, bytes)
            if !isTaken { PageMemory.deallocate(block, bytes) }
            return isTaken
        }
        #expect(!give())
        reclaimer.begin()
        reclaimer.begin()
        for count in 1...21 {
            #expect(give())
            #expect(reclaimer.waitingBytes == count * bytes)
        }
        // The 22nd makes 66 MB, which go at once.
        #expect(give())
        #expect(reclaimer.waitingBytes == 0)
        #expect(give())
        reclaimer.end()
        #expect(reclaimer.waitingBytes == 0)
        #expect(give())
        reclaimer.end()
        #expect(!give())
        #expect(reclaimer.waitingBytes == 0)
    }

    /// Who gives a block just as the last user goes either has it taken and freed, or frees it itself.
    @Test func noBlockIsLeftBehind() {
        let reclaimer = BlockReclaimer()
        for _ in 0..<2000 {
            reclaimer.begin()
            DispatchQueue.concurrentPerform(iterations: 4) { lane in
                if lane == 0 { return reclaimer.end() }
                for _ in 0..<8 {
                    let block = PageMemory.allocate(16)
                    if !reclaimer.takes(block, 16) { PageMemory.deallocate(block, 16) }
                }
            }
            guard reclaimer.waitingBytes == 0 else { break }
        }
        #expect(reclaimer.waitingBytes == 0)
    }

    /// Two who hold blocks at the same time must not hold the same one.
    @Test func noBlockIsGivenTwice() {
        let failures = UnsafeMutablePointer<Int>.allocate(capacity: 4)
        failures.initialize(repeating: 0, count: 4)
        defer { failures.deallocate() }
        nonisolated(unsafe) let shared = failures
        DispatchQueue.concurrentPerform(iterations: 4) { lane in
            var held: [UnsafeMutableRawBufferPointer] = []
            func giveBack(_ block: UnsafeMutableRawBufferPointer) {
                guard let start = block.baseAddress else { return }
                let last = (block.count - 8) / 8 * 8
                if start.load(as: Int.self) != lane || (start + last).load(as: Int.self) != lane { shared[lane] += 1 }
                BlockCache.deallocate(start, block.count)
            }
            for turn in 0..<2000 {
                let bytes = BlockCache.smallest + (turn * 7919 + lane) % (256 << 10)
                let block = BlockCache.allocate(bytes)
                block.storeBytes(of: lane, as: Int.self)
                (block + (bytes - 8) / 8 * 8).storeBytes(of: lane, as: Int.self)
                held.append(UnsafeMutableRawBufferPointer(start: block, count: bytes))
                if held.count > 6 { giveBack(held.remove(at: turn % 6)) }
            }
            for block in held { giveBack(block) }
        }
        #expect((0..<4).allSatisfy { failures[$0] == 0 })
    }

    @Test func keepsNoMoreThanItsBound() {
        let bytes = 1 << 20
        let blocks = (0..<100).map { _ in BlockCache.allocate(bytes) }
        for block in blocks { BlockCache.deallocate(block, bytes) }
        // Others may give blocks back at the same moment: the bound may be passed by a block for each thread.
        #expect(BlockCache.keptBytes <= BlockCache.maximumBytes + 8 * BlockCache.largest)
        #expect(BlockCache.keptBytes >= bytes)
    }
}
