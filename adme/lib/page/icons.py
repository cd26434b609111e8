"""Small drawings beside words, 16 × 16, in the colour of the text."""

_LINE = 'fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"'

ICONS = {
    "search": f'<g {_LINE}><circle cx="7" cy="7" r="4.5"/><path d="M10.5 10.5 14 14"/></g>',
    "menu": f'<path {_LINE} d="M2 4h12M2 8h12M2 12h12"/>',
    "close": f'<path {_LINE} d="M3 3l10 10m0-10L3 13"/>',
    "download": f'<path {_LINE} d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11"/>',
    "external": f'<path {_LINE} d="M6 3H3v10h10v-3M9 2.5h4.5V7M13 3 7.5 8.5"/>',
    "copy": f'<path {_LINE} d="M5.5 5.5h8v8h-8zM3 10.5H2.5v-8h8V3"/>',
    "check": f'<path {_LINE} d="M2.5 8.5 6 12l7.5-8"/>',
    "arrow-right": f'<path {_LINE} d="M2.5 8h11M9.5 4l4 4-4 4"/>',
    "arrow-left": f'<path {_LINE} d="M13.5 8h-11M6.5 4l-4 4 4 4"/>',
    "filter": f'<path {_LINE} d="M2 3.5h12L9.5 9v4l-3-1.5V9z"/>',
    "calendar": f'<path {_LINE} d="M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2v3M10.5 2v3"/>',
    "file": f'<path {_LINE} d="M4 1.5h5.5L12.5 5v9.5H4zM9.5 1.5V5h3"/>',
}
