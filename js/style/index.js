import './cells.css';
import './compare.css';
import './editor.css';
import './graph.css';
import './panel.css';
import './runpage.css';
