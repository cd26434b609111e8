// Three JavaScript clients read what a dataflow has: node read_all.js ADDRESS DATAFLOW
// Prints one JSON object: the name of a way → a list of [codes and period, value].
const rest = require('sdmx-rest')
const { SDMXParser } = require('sdmx-json-parser')
const jsonStat = require('jsonstat-toolkit')

const [address, flow] = process.argv.slice(2)
const version = rest.utils.ApiVersion
const v2 = rest.getService({ id: 'ADME2', name: 'ADME', api: version.v2_0_0, url: `${address}/sdmx/v2` })
const v1 = rest.getService({ id: 'ADME1', name: 'ADME', api: version.v1_5_0, url: `${address}/sdmx/v1` })
const data = `${address}/sdmx/v2/data/dataflow/ASEAN/${flow}/1.0.0/*`

// SDMX-JSON by its own rules: indexes into the dimensions' values.
function cells (message) {
  const structure = (message.data.structures ?? [message.data.structure])[0]
  const dimensions = [...structure.dimensions.series, ...structure.dimensions.observation]
  const found = []
  for (const dataset of message.data.dataSets) {
    for (const [series, { observations }] of Object.entries(dataset.series ?? {})) {
      for (const [at, [value]] of Object.entries(observations)) {
        found.push([coded(dimensions, [...series.split(':'), at]), value])
      }
    }
  }
  return found
}

function coded (dimensions, indexes) {
  return indexes.map((index, position) => {
    const value = dimensions[position].values[index]
    return value.id ?? value.value
  })
}

async function throughRest2 () {
  const query = rest.getDataQuery2({ context: `dataflow=ASEAN:${flow}(1.0.0)` })
  return cells(JSON.parse(await rest.request(query, v2, { headers: { accept: 'application/vnd.sdmx.data+json;version=2.0.0' } })))
}

async function throughRest1 () {
  const query = rest.getDataQuery({ flow: `ASEAN,${flow},1.0.0` })
  return cells(JSON.parse(await rest.request(query, v1, { headers: { accept: 'application/vnd.sdmx.data+json;version=1.0.0' } })))
}

async function throughFilters () {
  const filters = ['REF_AREA=TH,VN', 'TIME_PERIOD=ge:2010+le:2014']
  const query = rest.getDataQuery2({ context: `dataflow=ASEAN:${flow}(1.0.0)`, filters })
  return cells(JSON.parse(await rest.request(query, v2, { headers: { accept: 'application/vnd.sdmx.data+json;version=2.0.0' } })))
}

function throughParser (more) {
  return async () => {
    const parser = new SDMXParser()
    await parser.getDatasets(`${data}?${more}`)
    const dimensions = parser.getDimensions()
    return Object.entries(parser.getObservations()).map(([key, [value]]) => [coded(dimensions, key.split(':')), value])
  }
}

// With the names of codes in place of codes: the parser's own table.
async function throughParserTable () {
  const parser = new SDMXParser()
  await parser.getDatasets(`${data}?attributes=none`)
  const ids = parser.getDimensions().map(({ id }) => id)
  return parser.getData().map(row => [ids.map(id => row[id]), row.value])
}

async function throughJsonStat () {
  const dataset = await jsonStat(`${data}?format=jsonstat`)
  const rows = dataset.toTable({ type: 'arrobj', content: 'id' })
  return rows.filter(({ value }) => value !== null).map(row => [dataset.id.map(id => row[id]), row.value])
}

async function structures () {
  const availability = rest.getAvailabilityQuery2({ context: `dataflow=ASEAN:${flow}(1.0.0)`, references: 'codelist' })
  const accept = { headers: { accept: 'application/vnd.sdmx.structure+json;version=2.0.0' } }
  const found = JSON.parse(await rest.request(availability, v2, accept)).data
  const schema = rest.getSchemaQuery({ context: 'dataflow', agency: 'ASEAN', id: flow, version: '1.0.0' })
  const list = rest.getMetadataQuery({ resource: 'codelist', agency: 'ASEAN', id: 'CL_AREA' })
  return {
    areas: found.dataConstraints[0].cubeRegions[0].keyValues.find(({ id }) => id === 'REF_AREA').values.map(one => one.value),
    names: found.codelists.find(({ id }) => id === 'CL_AREA').codes.map(({ id, name }) => [id, name]),
    schema: JSON.parse(await rest.request(schema, v2)).$schema,
    list: (await rest.request(list, v1, { headers: { accept: 'application/vnd.sdmx.structure+xml;version=2.1' } })).slice(0, 5)
  }
}

async function main () {
  const ways = {
    'sdmx-rest 2': throughRest2,
    'sdmx-rest 1': throughRest1,
    'sdmx-rest filters': throughFilters,
    'sdmx-json-parser series': throughParser('dimensionAtObservation=TIME_PERIOD'),
    'sdmx-json-parser flat': throughParser('dimensionAtObservation=AllDimensions'),
    'sdmx-json-parser table': throughParserTable,
    'jsonstat-toolkit': throughJsonStat,
    structures
  }
  const found = {}
  for (const [name, way] of Object.entries(ways)) found[name] = await way()
  process.stdout.write(JSON.stringify(found))
}

main()
